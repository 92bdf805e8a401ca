package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/alerts/merge"
	"github.com/cutover-dev/cutover/internal/series"
)

// maxAlertmanagerFile bounds an Alertmanager configuration, in bytes. Large ones
// have some hundred kilobytes.
const maxAlertmanagerFile = 16 << 20

// withMerged puts the routes among the generated files into somebody's
// Alertmanager configuration, which becomes one of the files to write. It takes
// the place of a configuration of our own.
func withMerged(files []file, name string) ([]file, error) {
	theirs, err := alertmanagerAt(name)
	if err != nil {
		return nil, err
	}
	files = slices.DeleteFunc(files, func(f file) bool { return f.path == alertmanagerFile })
	routes := slices.IndexFunc(files, func(f file) bool { return f.path == routesFile })
	if routes < 0 {
		return nil, errors.New("--merge: the format grafana has no Alertmanager: its policies are in provisioning/policies.yml")
	}
	if theirs.content, err = merge.Into(name, theirs.content, files[routes].content); err != nil {
		return nil, err
	}
	return append(files, theirs), nil
}

// printSilencers warns of the inhibitions in somebody's configuration that can
// keep a page of ours from arriving.
func printSilencers(w io.Writer, name string, merged []byte, checklists []loaded, s settings) error {
	common, err := alerts.CommonRules(s.rules)
	if err != nil {
		return err
	}
	groups := common.Groups
	for _, l := range checklists {
		rules, err := alerts.Rules(l.Checklist, ruleOptions(s, l.Name, nil))
		if err != nil {
			return err
		}
		groups = append(rules.Groups, groups...)
	}
	var pages []map[string]string
	for _, g := range groups {
		for _, r := range g.Rules {
			if r.Alert != "" && r.Labels[series.LabelSeverity] == "critical" {
				labels := map[string]string{"alertname": r.Alert}
				maps.Copy(labels, r.Labels)
				pages = append(pages, labels)
			}
		}
	}
	found, err := merge.Silencers(name, merged, pages)
	for _, silencer := range found {
		fmt.Fprintf(w, "%s:%d: warning: %s\n", name, silencer.Line, silencer)
	}
	return err
}

// unmerge takes our part out of an Alertmanager configuration.
func (c generateCommand) unmerge(a *app) error {
	theirs, err := alertmanagerAt(c.Unmerge)
	if err != nil {
		return err
	}
	if theirs.content, err = merge.Remove(c.Unmerge, theirs.content); err != nil {
		return err
	}
	return c.write(a, []file{theirs})
}

// alertmanagerAt reads somebody's Alertmanager configuration. It is written
// again with the same permissions, and where a link leads to.
func alertmanagerAt(name string) (file, error) {
	elsewhere, err := filepath.EvalSymlinks(name)
	if err != nil {
		return file{}, err
	}
	f, err := os.Open(elsewhere)
	if err != nil {
		return file{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return file{}, err
	}
	content, err := io.ReadAll(io.LimitReader(f, maxAlertmanagerFile+1))
	if err != nil {
		return file{}, err
	}
	if len(content) > maxAlertmanagerFile {
		return file{}, fmt.Errorf("%s:1: larger than %d MiB: not an Alertmanager configuration", name, maxAlertmanagerFile>>20)
	}
	return file{elsewhere: elsewhere, content: content, mode: info.Mode().Perm()}, nil
}
