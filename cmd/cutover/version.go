package main

import (
	"cmp"
	"fmt"
	"runtime/debug"

	"github.com/prometheus/common/version"
)

type versionCommand struct{}

// Run prints the version and what it was built from.
func (versionCommand) Run(a *app) error {
	_, err := fmt.Fprintln(a.stdout, "cutover", buildVersion())
	return err
}

// buildVersion is the version and the Go that it was built with. What was not
// given to the linker, the toolchain stamped into the binary.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version.Version
	}
	v := cmp.Or(version.Version, info.Main.Version, "(devel)")
	if revision := version.GetRevision(); revision != "unknown" {
		v += " (revision " + revision + ")"
	}
	return v + ", " + info.GoVersion
}

// stampVersion tells cutover_build_info the version of the module, where the
// linker was not told one.
func stampVersion() {
	if info, ok := debug.ReadBuildInfo(); ok {
		version.Version = cmp.Or(version.Version, info.Main.Version, "(devel)")
	}
}
