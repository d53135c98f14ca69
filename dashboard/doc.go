// Package dashboard is the web application, embedded: the files that a build of
// web/ left in dist/, and how a browser gets them.
//
// It promises that every answer carries the headers that let the page load nothing
// from elsewhere and nothing elsewhere load the page, that a file is sent again only
// when its content changed, and by a test that dist/ is a build of what is in web/.
//
// It knows no database, no session and no API: the doors route to it.
//
// Start reading at files.go.
package dashboard
