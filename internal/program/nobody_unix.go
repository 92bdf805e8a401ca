//go:build unix

package program

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	osuser "os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// user is the one that servers run as where this process is root. PostgreSQL
// refuses to run as root, and the others should not either.
type user struct{ uid, gid uint32 }

func privileged() bool { return os.Geteuid() == 0 }

func nobody() (user, error) {
	account, err := osuser.Lookup("nobody")
	if err != nil {
		return user{}, fmt.Errorf("run it as another user than root: %w", err)
	}
	uid, uidErr := strconv.ParseUint(account.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(account.Gid, 10, 32)
	if err := errors.Join(uidErr, gidErr); err != nil {
		return user{}, fmt.Errorf("run it as another user than root: %w", err)
	}
	return user{uid: uint32(uid), gid: uint32(gid)}, nil
}

func (u user) become(attr *syscall.SysProcAttr) {
	attr.Credential = &syscall.Credential{Uid: u.uid, Gid: u.gid}
}

// takeOver gives dir to the user and returns the program at a path that the
// user can reach, which is within dir where the cache is in root's home.
func (u user) takeOver(p Program, dir string) (Program, error) {
	if dir == "" {
		return Program{}, errors.New("a program that gives up root needs a folder of its own")
	}
	if err := os.Chown(dir, int(u.uid), int(u.gid)); err != nil {
		return Program{}, err
	}
	if err := Share(dir); err != nil {
		return Program{}, err
	}
	target, err := filepath.EvalSymlinks(p.Path)
	if err != nil {
		return Program{}, err
	}
	if reachable(target) {
		return p, nil
	}
	root := filepath.Join(dir, ".program")
	if err := os.RemoveAll(root); err != nil { // of a start before this one
		return Program{}, err
	}
	if p.Root == "" {
		path := filepath.Join(root, filepath.Base(p.Path))
		if err := os.Mkdir(root, 0o755); err != nil {
			return Program{}, err
		}
		return Program{Tool: p.Tool, Path: path}, linkFile(target, path)
	}
	inside, ok := strings.CutPrefix(p.Path, p.Root)
	if !ok {
		return Program{}, fmt.Errorf("%s is not under %s", p.Path, p.Root)
	}
	return Program{Tool: p.Tool, Path: root + inside, Root: root}, linkTree(p.Root, root)
}

// reachable says whether any user may walk to path.
func reachable(path string) bool {
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&0o001 == 0 {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
	}
}

// Share lets a program that gave up root walk to path, which must be in the
// folder for temporary files: what is made there is for its owner alone.
// It opens the folders on the way, not what lies in them, and does nothing
// where this process is not root.
func Share(path string) error {
	if !privileged() {
		return nil
	}
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	top, err := filepath.EvalSymlinks(os.TempDir())
	if err != nil {
		return err
	}
	for dir := path; strings.HasPrefix(dir, top+string(filepath.Separator)); dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			return err
		}
		if !info.IsDir() {
			continue
		}
		if err := os.Chmod(dir, info.Mode().Perm()|0o011); err != nil {
			return err
		}
	}
	if !reachable(path) {
		return fmt.Errorf("%s can't be reached by a server that gave up root: set TMPDIR to a folder open to all, such as /tmp", path)
	}
	return nil
}

// linkTree makes the tree at from appear at to, as hard links where that works.
func linkTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, inside)
		switch {
		case entry.IsDir():
			return os.MkdirAll(target, 0o755)
		case entry.Type() == fs.ModeSymlink:
			points, err := os.Readlink(path)
			if err != nil {
				return err
			}
			return os.Symlink(points, target)
		case entry.Type().IsRegular():
			return linkFile(path, target)
		}
		return nil // packages hold nothing else that a server needs
	})
}

// linkFile makes the file at from appear at to: as a hard link, or as a copy
// where they are on different file systems.
func linkFile(from, to string) error {
	if os.Link(from, to) == nil {
		return nil
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode().Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
