module rookery/launcher

go 1.26
