package suite

import (
	"reflect"

	"github.com/cutover-dev/cutover/internal/probe"
	"github.com/cutover-dev/cutover/internal/series"
)

// kind is a kind of test.
type kind struct {
	name    string // the key of its settings
	address string // where it goes unless its target says otherwise
	// settings is a struct that implements [probe.Kind], with a field Target
	// and, as far as it needs them, Secrets and Writes.
	settings reflect.Type
}

// kinds are all there are. Another kind is another row.
var kinds = []kind{
	{"http", addressService, reflect.TypeFor[probe.HTTP]()},
	{"workflow", addressService, reflect.TypeFor[probe.Workflow]()},
	{"cors", addressService, reflect.TypeFor[probe.CORS]()},
	{"tcp", addressService, reflect.TypeFor[probe.TCP]()},
	{"certificate", addressService, reflect.TypeFor[probe.Certificate]()},
	{"postgres", "database", reflect.TypeFor[probe.Postgres]()},
	{"redis", "cache", reflect.TypeFor[probe.Redis]()},
	{"prometheus", "prometheus", reflect.TypeFor[probe.Prometheus]()},
}

const addressService = "service"

// tracks are the versions there can be.
var tracks = []string{series.Baseline, series.Candidate}

// kindOf finds a kind by its name.
func kindOf(name string) (kind, bool) {
	for _, k := range kinds {
		if k.name == name {
			return k, true
		}
	}
	return kind{}, false
}

// kindNames lists the kinds.
func kindNames() []string {
	names := make([]string, 0, len(kinds))
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return names
}

// referring are the settings of tests whose text may be a reference, with
// everything below them.
var referring = map[string]bool{
	"bearer": true, "headers": true, "form": true, "values": true,
	"ca": true, "certificate": true, "key": true,
}
