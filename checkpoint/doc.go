// Package checkpoint carries a state image from one directory to another and proves that it arrived whole.
//
// # What it is
//
// A checkpoint is a directory with files below it and a list of them, the file [ManifestName]: name, size and SHA-256
// of each, the position and the time that the image stands for, and a SHA-256 over the list itself. [Make] takes an
// image from a [Source] and lists it, [Verify] holds the files against the list, [NewServer] offers images over HTTP,
// and [Fetch] gets one, as often interrupted as need be.
//
// # What it promises
//
// The list is written last, so a directory without it is an unfinished checkpoint and is refused as one. What Fetch
// leaves under the name it was asked for has been held against its list, byte for byte, before it got that name. No
// name in a list leads out of the directory, and nothing is allocated for a length that only a list claims. What a
// server keeps is removed when nobody has asked for it in a while, since linked files hold space on the disk.
//
// # What it does not know
//
// What is in the files. Position, time and digest are numbers it carries. Who may fetch is decided by whoever puts the
// server behind a door. It imports nothing of this module.
//
// # Where to start reading
//
// manifest.go has the list and its text, make.go and verify.go what is done with it on one machine. server.go and
// fetch.go are the two ends of a transfer, transfer.go the way of one file.
package checkpoint
