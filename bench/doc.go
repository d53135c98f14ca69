// Package bench measures a server from outside: a closed-loop load generator over
// HTTP/1.1, the shop's operations in the dialects of those
// who serve them, and the report.
//
// It promises to cost little itself (a few microseconds a request, on raw sockets
// with bodies assembled in place), to count only whole answers that arrived within
// the measured time, and to say what else the machine was doing meanwhile.
//
// It knows neither the database nor the language: a Dialect turns an operation into
// the bytes of a request. It reads processes from /proc and leaves those figures
// out where there is none.
//
// Start reading at load.go; shop.go and group.go have the operations, ratio.go the goals.
package bench
