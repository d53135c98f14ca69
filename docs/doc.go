// Package docs is the documentation in the program: the Markdown of this folder, the
// reference of the language and the tutorial, by the paths that they have here.
//
// It promises that every page has a title and stands in one group, that a path leads to
// the same text as in the repository, and that nothing needs a network to be read.
//
// It does not know how Markdown is shown; that is the dashboard's, and a reader's who asks
// for it by HTTP.
//
// Start with Pages.
package docs
