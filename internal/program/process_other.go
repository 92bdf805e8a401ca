//go:build !unix

package program

import (
	"errors"
	"os"
	"syscall"
)

// There are no process groups here: a program is ended by itself, and at once.

func processAttributes() *syscall.SysProcAttr { return nil }

func interruptGroup(leader *os.Process, _ os.Signal) error { return leader.Kill() }

func killGroup(*os.Process) {}

func killed(*os.ProcessState) bool { return false }

func runnable(os.FileMode) bool { return true }

// There is no root here either.

type user struct{}

func privileged() bool { return false }

func nobody() (user, error) { return user{}, errors.ErrUnsupported }

func (user) takeOver(p Program, _ string) (Program, error) { return p, nil }

func (user) become(*syscall.SysProcAttr) {}

// Share does nothing here.
func Share(string) error { return nil }
