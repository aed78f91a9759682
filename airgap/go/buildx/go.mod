module rookery/airgap/buildx

go 1.26
