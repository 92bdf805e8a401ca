// Package program finds, builds and runs the programs that cutover works with:
// Prometheus and Alertmanager with their tools, and for tests PostgreSQL and
// Redis.
//
// A program comes from one of three places. [Cached] knows what was prepared at
// pinned versions in the user's cache folder, [Find] also looks on PATH, and
// [Prepare] builds with the Go toolchain, or unpacks from Debian's packages,
// what is in neither. Nothing is installed and nothing needs root.
//
// [Start] runs a program so that it can't outlive the caller, and as root hands
// servers to an unprivileged user. [StartPrometheus] and [StartAlertmanager]
// know those two programs' flags and wait until they serve.
package program

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Tool names a program by its executable.
type Tool string

// The tools.
const (
	Prometheus   Tool = "prometheus"
	Promtool     Tool = "promtool"
	Alertmanager Tool = "alertmanager"
	Amtool       Tool = "amtool"
	Postgres     Tool = "postgres"
	Redis        Tool = "redis-server"
)

// Tools lists every Tool, those that are prepared quickest first.
func Tools() []Tool {
	return []Tool{Redis, Postgres, Alertmanager, Amtool, Promtool, Prometheus}
}

// recipe says where a tool comes from: from Go modules or from Debian packages.
type recipe struct {
	pkg     string  // the main package
	version string  // of its module, pinned
	release release // what the program itself calls that version
	tags    string  // build tags
	least   release // the oldest that does on PATH

	debian string // the Debian package
	where  string // glob of the executable under the root of a Debian system
}

// Prometheus without its service discoveries: scraping fixed addresses needs
// none, they are most of the build, and one of their modules is not served by
// every module proxy.
const noDiscovery = "remove_all_sd"

var recipes = map[Tool]recipe{
	Prometheus: {
		pkg: "github.com/prometheus/prometheus/cmd/prometheus", version: "v0.316.0",
		release: release{3, 16, 0}, tags: noDiscovery, least: release{3, 0, 0},
	},
	Promtool: {
		pkg: "github.com/prometheus/prometheus/cmd/promtool", version: "v0.316.0",
		release: release{3, 16, 0}, tags: noDiscovery, least: release{3, 0, 0},
	},
	// Later Alertmanager modules lack a file that the program embeds.
	Alertmanager: {
		pkg: "github.com/prometheus/alertmanager/cmd/alertmanager", version: "v0.31.0",
		release: release{0, 31, 0}, least: release{0, 27, 0},
	},
	Amtool: {
		pkg: "github.com/prometheus/alertmanager/cmd/amtool", version: "v0.34.2",
		release: release{0, 34, 2}, least: release{0, 27, 0},
	},
	Postgres: {debian: "postgresql", where: "usr/lib/postgresql/*/bin/postgres"},
	Redis:    {debian: "redis-server", where: "usr/bin/redis-server"},
}

// ErrNotFound is wrapped by the errors of Find and Cached when there is no
// such program, or only one that is too old.
var ErrNotFound = errors.New("not found")

// Program is an executable and what it needs around it.
type Program struct {
	Tool Tool
	Path string // absolute
	// Root is the folder that stands for / where the program was unpacked from
	// packages, with the libraries it needs; empty for all others.
	Root string
}

// Beside is the program called name in the same folder, as initdb is beside
// postgres.
func (p Program) Beside(name string) (Program, error) {
	target, err := filepath.EvalSymlinks(p.Path)
	if err != nil {
		return Program{}, fmt.Errorf("find %s: %w", name, err)
	}
	path := filepath.Join(filepath.Dir(target), name)
	if !executable(path) {
		return Program{}, fmt.Errorf("find %s: %w beside %s", name, ErrNotFound, target)
	}
	return Program{Tool: Tool(name), Path: path, Root: p.Root}, nil
}

// Cached finds a tool in the cache, at the pinned version. The error wraps
// [ErrNotFound] when it has not been prepared.
func Cached(tool Tool) (Program, error) {
	dir, err := cacheDir(tool)
	if err != nil {
		return Program{}, err
	}
	p := Program{Tool: tool, Path: filepath.Join(dir, string(tool))}
	if r := recipes[tool]; r.debian != "" {
		p.Root = dir
		p.Path = newestMatch(filepath.Join(dir, r.where))
	}
	if !executable(p.Path) {
		return Program{}, fmt.Errorf("%s: %w in the cache (%s)", tool, ErrNotFound, dir)
	}
	return p, nil
}

// Find finds a tool in the cache, or else one recent enough on PATH or where
// Debian keeps it. The error wraps [ErrNotFound] and says what was wrong with
// the one on PATH, if there is one.
func Find(ctx context.Context, tool Tool) (Program, error) {
	cached, err := Cached(tool)
	if err == nil {
		return cached, nil
	}
	installed, installedErr := findInstalled(ctx, tool)
	if installedErr == nil {
		return installed, nil
	}
	return Program{}, errors.Join(err, installedErr)
}

// Prepare gives what a test run uses: the Go programs at their pinned versions
// from the cache, built there first if need be; the servers as [Find] finds
// them, unpacked into the cache if need be. It writes what the toolchain or the
// package tools say to log. Any number of callers may prepare at once, and an
// interrupted run is taken up by the next.
func Prepare(ctx context.Context, tool Tool, log io.Writer) (Program, error) {
	r, known := recipes[tool]
	if !known {
		return Program{}, fmt.Errorf("prepare %s: unknown tool", tool)
	}
	look, fill := Cached, build
	if r.debian != "" {
		look = func(tool Tool) (Program, error) { return Find(ctx, tool) }
		fill = unpack
	}
	if p, err := look(tool); err == nil {
		return p, nil
	}
	dir, err := cacheDir(tool)
	if err != nil {
		return Program{}, err
	}
	err = fillOnce(ctx, dir, func(partial string) error { return fill(ctx, r, partial, log) })
	if err != nil {
		return Program{}, fmt.Errorf("prepare %s: %w", tool, err)
	}
	return Cached(tool)
}

// executable says whether path is a file that can be run. The empty path is
// none.
func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && runnable(info.Mode())
}
