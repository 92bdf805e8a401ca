//go:build unix

package program

import (
	"errors"
	"os"
	"syscall"
)

// interruptGroup tells every process of a program's group to end.
func interruptGroup(leader *os.Process, signal os.Signal) error {
	number := syscall.SIGTERM
	if s, ok := signal.(syscall.Signal); ok {
		number = s
	}
	err := syscall.Kill(-leader.Pid, number)
	if errors.Is(err, syscall.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}

// killGroup kills what is left of a program's group. That nothing is left, the
// usual case, is no error.
func killGroup(leader *os.Process) { _ = syscall.Kill(-leader.Pid, syscall.SIGKILL) }

// killed says whether a process was ended by force.
func killed(state *os.ProcessState) bool {
	status, ok := state.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

func runnable(mode os.FileMode) bool { return mode&0o111 != 0 }
