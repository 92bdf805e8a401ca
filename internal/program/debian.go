package program

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// unpack fetches a recipe's Debian package with the libraries it needs and
// unpacks them under dir. Nothing is installed: the package lists and archives
// are private to the cache, so it needs no root and leaves the system's alone.
func unpack(ctx context.Context, r recipe, dir string, log io.Writer) error {
	for _, tool := range []string{"apt-get", "dpkg"} {
		if _, err := exec.LookPath(tool); err != nil {
			return fmt.Errorf("install it: it is not on PATH, and can be unpacked only where there is %s: %w", tool, err)
		}
	}
	apt, err := newApt(filepath.Join(dir, "apt"))
	if err != nil {
		return err
	}
	if err := apt.run(ctx, log, "update", "-qq"); err != nil {
		return err
	}
	var plan strings.Builder
	if err := apt.run(ctx, &plan, "install", "-qq", "-y", "--no-install-recommends", "--print-uris", r.debian); err != nil {
		return err
	}
	packages := runtimePackages(plan.String())
	if len(packages) == 0 {
		return fmt.Errorf("apt-get knows no way to install %s", r.debian)
	}
	if err := apt.run(ctx, log, append([]string{"download", "-qq"}, packages...)...); err != nil {
		return err
	}
	archives, err := filepath.Glob(filepath.Join(apt.dir, "*.deb"))
	if err != nil {
		return err
	}
	for _, archive := range archives {
		cmd := exec.CommandContext(ctx, "dpkg", "-x", archive, dir)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("dpkg -x %s: %w: %s", filepath.Base(archive), err, out)
		}
	}
	if newestMatch(filepath.Join(dir, r.where)) == "" {
		return fmt.Errorf("the packages of %s hold no %s: %w", r.debian, r.where, os.ErrNotExist)
	}
	return os.RemoveAll(apt.dir)
}

// runtimePackage matches the packages a server needs at run time: the server
// and the shared libraries. Maintainer scripts, Perl, locales and users are not
// for a server that is only unpacked.
var runtimePackage = regexp.MustCompile(`^(postgresql-\d+|redis-server|redis-tools|zlib1g|lib.+)$`)

// systemPackage matches libraries that must be the machine's own (the C library
// belongs to its loader), or that only serve what tests don't use: LLVM for
// PostgreSQL's JIT is a third of the download.
var systemPackage = regexp.MustCompile(`^(libc6|libc-.+|libgcc-.+|libllvm.+|libz3-.+|libperl.+|lib.+-perl)$`)

// runtimePackages reads the plan of `apt-get install --print-uris`, lines such
// as
//
//	'http://…/redis-server_7.0.15-1_amd64.deb' redis-server_5%3a7.0.15-1_amd64.deb 73908 SHA256:…
//
// and gives the names of the packages needed at run time, sorted.
func runtimePackages(plan string) []string {
	var names []string
	for line := range strings.Lines(plan) {
		fields := strings.Fields(line)
		if len(fields) < 2 || !strings.HasPrefix(fields[0], "'") {
			continue
		}
		name, _, ok := strings.Cut(fields[1], "_")
		if ok && runtimePackage.MatchString(name) && !systemPackage.MatchString(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// apt is an apt-get with lists, archives and a package status of its own.
type apt struct {
	dir     string
	options []string
}

// newApt makes the folders that apt-get wants to find under dir. The empty
// status makes it plan for a machine with nothing installed, so that the
// outcome doesn't depend on this one.
func newApt(dir string) (*apt, error) {
	for _, sub := range []string{"lists/partial", "cache/archives/partial"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return nil, err
		}
	}
	status := filepath.Join(dir, "status")
	if err := os.WriteFile(status, nil, 0o600); err != nil {
		return nil, err
	}
	options := []string{
		"Dir::State::lists=" + filepath.Join(dir, "lists"),
		"Dir::State::status=" + status,
		"Dir::Cache=" + filepath.Join(dir, "cache"),
		"Acquire::Languages=none",
		"Acquire::Retries=3",
		"APT::Sandbox::User=", // the cache need not be open to apt's own user
	}
	a := &apt{dir: dir}
	for _, option := range options {
		a.options = append(a.options, "-o", option)
	}
	return a, nil
}

// run runs one apt-get command, its results to stdout.
func (a *apt) run(ctx context.Context, stdout io.Writer, args ...string) error {
	cmd := exec.CommandContext(ctx, "apt-get", append(slices.Clone(a.options), args...)...)
	cmd.Dir = a.dir
	cmd.Env = append(cmd.Environ(), "LC_ALL=C", "DEBIAN_FRONTEND=noninteractive")
	cmd.Stdout = stdout
	var complaint strings.Builder
	cmd.Stderr = &complaint
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return fmt.Errorf("apt-get %s: %w: %s", args[0], err, strings.TrimSpace(complaint.String()))
	}
	return err
}
