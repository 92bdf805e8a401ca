package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/cutover-dev/cutover/internal/smoke"
)

// Only a terminal is told how far the tests are: a file or a pipe would keep
// every state of the line.
func TestProgressIsForTerminals(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if progress(file, 3) != nil || progress(new(bytes.Buffer), 3) != nil {
		t.Error("a file or a buffer is taken for a terminal")
	}
	device, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer device.Close()
	if told := progress(device, 1); told == nil {
		t.Error("a character device is not taken for a terminal")
	} else {
		told(smoke.Result{})
	}
}
