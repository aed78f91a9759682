module rookery/launcher

go 1.21
