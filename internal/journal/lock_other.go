//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package journal

import (
	"errors"
	"fmt"
)

// lock refuses: without a lock that ends with the process two writers would
// sooner or later spoil each other's lines.
func lock(string) (unlock func() error, err error) {
	return nil, fmt.Errorf("a journal on this operating system: %w", errors.ErrUnsupported)
}
