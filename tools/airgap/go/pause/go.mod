module rookery/airgap/pause

go 1.26
