package alerts

import (
	"testing"

	"github.com/cutover-dev/cutover/checklist/criterion"
)

func TestImplausible(t *testing.T) {
	for _, tt := range []struct {
		name string
		c    criterion.Criterion
		want string
	}{
		{"a share", criterion.Criterion{Signal: criterion.ErrorRatio, Value: 0.01, Unit: criterion.Ratio}, ""},
		{"no share", criterion.Criterion{Signal: criterion.ErrorRatio, Value: 1.5, Unit: criterion.Ratio}, "its bound is more than all: 1.5"},
		{"a negative share", criterion.Criterion{Signal: criterion.ErrorRatio, Value: -0.01, Unit: criterion.Ratio}, "its bound is negative: -0.01"},
		{"a share in seconds", criterion.Criterion{Signal: criterion.ErrorRatio, Value: 1, Unit: criterion.Seconds}, "its bound is in seconds, and error_ratio is measured in ratio"},
		{"a latency in per cent", criterion.Criterion{Signal: criterion.Latency, Value: 0.5, Unit: criterion.Ratio}, "its bound is in ratio, and latency is measured in seconds"},
		{"a latency of two days", criterion.Criterion{Signal: criterion.Latency, Value: 172800, Unit: criterion.Seconds}, "its bound is longer than an hour: 172800 s"},
		{"a latency of nothing", criterion.Criterion{Signal: criterion.Latency, Unit: criterion.Seconds}, "its bound is zero, which nothing can be below"},
		{"a change of a latency", criterion.Criterion{Signal: criterion.Latency, Value: 5, Unit: criterion.Ratio, Change: criterion.Increase}, ""},
		{"a huge change", criterion.Criterion{Signal: criterion.Latency, Value: 5000, Unit: criterion.Ratio, Change: criterion.Increase}, "its bound is 5000 times the baseline"},
		{"a decrease by more than all", criterion.Criterion{Signal: criterion.Memory, Value: 1.2, Unit: criterion.Ratio, Change: criterion.Decrease}, "its bound is more than all: 1.2"},
		{"four cores", criterion.Criterion{Signal: criterion.CPU, Value: 4, Unit: criterion.Ratio}, ""},
		{"memory in requests", criterion.Criterion{Signal: criterion.Memory, Value: 1, Unit: criterion.RequestsPerSecond}, "its bound is in requests_per_second, and memory is measured in bytes"},
		{"a declared one", criterion.Criterion{Signal: criterion.Other}, ""},
	} {
		if got := implausible(tt.c); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
