package main

import (
	"fmt"
	"runtime/debug"
)

type versionCommand struct{}

// Run prints the version and what it was built from.
func (versionCommand) Run(a *app) error {
	_, err := fmt.Fprintln(a.stdout, "cutover", buildVersion())
	return err
}

// buildVersion is the module's version and the revision it was built from, as
// the Go toolchain stamped them into the binary.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	version := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			version += " " + s.Value
		}
	}
	return version + " " + info.GoVersion
}
