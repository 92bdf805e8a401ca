//go:build hosts

package embed

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestHosts puts panels into every dashboard below the folder that
// CUTOVER_TEST_DASHBOARDS names, and takes them out again. `make hosts` runs it;
// CUTOVER_TEST_EMBEDDED may name a folder to keep the results in, for a look in
// Grafana.
func TestHosts(t *testing.T) {
	dir, keep := os.Getenv("CUTOVER_TEST_DASHBOARDS"), os.Getenv("CUTOVER_TEST_EMBEDDED")
	if dir == "" {
		t.Fatal("CUTOVER_TEST_DASHBOARDS is not set: a folder with dashboards as JSON files")
	}
	taken, refused := 0, 0
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".json") {
			return err
		}
		host, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		change, err := Into(host, panels(), options)
		if err != nil {
			refused++
			t.Logf("%s:%v", name, err)
			return nil
		}
		taken++
		inverse(t, name, host, change.Text)
		grid(t, name, change.Text)
		if again := into(t, change.Text, panels()); !bytes.Equal(again.Text, change.Text) {
			t.Errorf("%s: a second time changes something", name)
		}
		if _, err := Inspect(host); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if keep == "" {
			return nil
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(keep, strings.ReplaceAll(rel, string(filepath.Separator), "_")), change.Text, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d dashboards taken, and left as they were; %d refused", taken, refused)
	if taken == 0 {
		t.Error("no dashboard was taken")
	}
}
