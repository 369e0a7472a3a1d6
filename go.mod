module rehome

go 1.26
