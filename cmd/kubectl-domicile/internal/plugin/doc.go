// Package plugin is the command line as a whole: the root command, its help,
// completion and version, and what exit code an error gives.
package plugin
