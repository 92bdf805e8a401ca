package alerts_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// nativeInput is input with every classic histogram as a native one of the same
// observations, in buckets that end at powers of two. All of a series'
// observations between two scrapes are taken to be alike, as the models of the
// exporters make them.
func nativeInput(t *testing.T, classic map[string]string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for name, values := range classic {
		metric, labels, _ := strings.Cut(name, "{")
		base, part := metric, ""
		for _, suffix := range []string{"_bucket", "_count", "_sum"} {
			if histogram, ok := strings.CutSuffix(metric, suffix); ok && hasBuckets(classic, histogram) {
				base, part = histogram, suffix
			}
		}
		switch part {
		case "":
			out[name] = values
		case "_count":
			sums := classic[base+"_sum{"+labels]
			out[base+"{"+labels] = nativeValues(t, strings.Fields(values), strings.Fields(sums))
		}
	}
	return out
}

func hasBuckets(input map[string]string, histogram string) bool {
	for name := range input {
		if strings.HasPrefix(name, histogram+"_bucket{") {
			return true
		}
	}
	return false
}

// nativeValues turns the counts and sums of a histogram into histograms.
func nativeValues(t *testing.T, counts, sums []string) string {
	t.Helper()
	buckets := map[int]float64{}
	var out []string
	var lastCount, lastSum float64
	for i := range counts {
		if counts[i] == "_" || counts[i] == "stale" {
			out = append(out, counts[i])
			continue
		}
		count, sum := parsed(t, counts[i]), parsed(t, sums[i])
		if n := count - lastCount; n > 0 {
			buckets[int(math.Ceil(math.Log2((sum-lastSum)/n)-1e-9))] += n
		}
		lastCount, lastSum = count, sum
		out = append(out, native(buckets, count, sum))
	}
	return strings.Join(out, " ")
}

// native writes a histogram as promtool reads it: bucket i of schema 0 ends at
// the i-th power of two.
func native(buckets map[int]float64, count, sum float64) string {
	if len(buckets) == 0 {
		return "{{schema:0}}"
	}
	used := slices.Sorted(maps.Keys(buckets))
	var filled []string
	for i := used[0]; i <= used[len(used)-1]; i++ {
		filled = append(filled, number(buckets[i]))
	}
	return fmt.Sprintf("{{schema:0 count:%s sum:%s buckets:[%s] offset:%d}}", number(count), number(sum), strings.Join(filled, " "), used[0])
}

func parsed(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
