package demo

import (
	"context"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func TestSpread(t *testing.T) {
	for _, share := range []float64{0, 0.0001, 0.1, 0.25, 1. / 3, 0.5, 0.9, 1} {
		var s spread
		picked := 0
		for i := 1; i <= 10000; i++ {
			if s.next(share) {
				picked++
			}
			if want := share * float64(i); math.Abs(float64(picked)-want) > 1 {
				t.Fatalf("share %g: %d of %d picked", share, picked, i)
			}
		}
		if want := math.Floor(share*10000 + 1e-6); float64(picked) != want {
			t.Errorf("share %g: %d of 10000 picked, want %g", share, picked, want)
		}
	}
	for share, want := range map[float64]int{-1: 0, 2: 100, math.Inf(1): 100} {
		var s spread
		picked := 0
		for range 100 {
			if s.next(share) {
				picked++
			}
		}
		if picked != want {
			t.Errorf("share %g: %d of 100 picked, want %d", share, picked, want)
		}
	}
	var s spread
	if s.next(math.NaN()) || s.due != 0 {
		t.Error("a share of NaN picks")
	}
}

// counting answers and counts, and calls stop at the nth request.
func counting(t *testing.T, n int64, stop func()) (url string, served *atomic.Int64) {
	t.Helper()
	served = new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if served.Add(1) == n {
			stop()
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, served
}

func TestTrafficIsSplitAsTheShareSays(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var share atomic.Value
	share.Store(0.0)
	// The candidate's share rises once the baseline has served some, and the
	// test ends when the candidate has served all for a while.
	candidate, green := counting(t, 300, cancel)
	baseline, blue := counting(t, 100, func() { share.Store(0.5) })
	blueAtFull := int64(-1)
	traffic := Traffic{
		Baseline: baseline, Candidate: candidate, Rate: 2000, Concurrency: 8,
		Share: func() float64 {
			if blueAtFull < 0 && green.Load() >= 100 {
				blueAtFull = blue.Load()
				share.Store(1.0)
			}
			return share.Load().(float64)
		},
	}
	if err := traffic.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if blueAtFull < 120 || blueAtFull > 300 {
		t.Errorf("when the candidate had 100 of a half share, the baseline had %d, want about 200", blueAtFull)
	}
	if late := blue.Load() - blueAtFull; late > 8 {
		t.Errorf("%d requests to the baseline after all traffic was shifted, beyond those under way", late)
	}
}

func TestTrafficOnTheService(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	blue, green := start(t, quick()), start(t, quick())
	green.Break(Crashed)
	var asked int
	traffic := Traffic{Baseline: blue.URL(), Candidate: green.URL(), Rate: 2000, Seed: 3, Share: func() float64 {
		if asked++; asked == 500 {
			cancel()
		}
		return 0.5
	}}
	if err := traffic.Run(ctx); err != nil {
		t.Fatal(err)
	}
	page, err := fetch(t, newClient(t), blue.URL()+"/metrics")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`http_requests_total{handler="/",method="GET",status="2xx"}`,
		`http_requests_total{handler="/api/v1/items",method="GET",status="2xx"}`,
		`http_requests_total{handler="/api/v1/items",method="POST",status="2xx"}`,
		`http_requests_total{handler="/api/v1/items/{item_id}",method="GET",status="2xx"}`,
		`http_requests_total{handler="/api/v1/items/{item_id}",method="PUT",status="2xx"}`,
		`http_requests_total{handler="/api/v1/orders",method="GET",status="2xx"}`,
		`http_requests_total{handler="/api/v1/orders",method="POST",status="2xx"}`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the traffic has no %s", want)
		}
	}
	if strings.Contains(page, `status="4xx"`) || strings.Contains(page, `status="5xx"`) {
		t.Errorf("the traffic makes errors:\n%s", page)
	}
}

func TestTrafficIsBoundedAndEndsAtOnce(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var mu sync.Mutex
	running, most := 0, 0
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		running++
		most = max(most, running)
		mu.Unlock()
		<-r.Context().Done() // never answers
		mu.Lock()
		running--
		mu.Unlock()
	}))
	defer server.Close()
	asked := 0
	traffic := Traffic{Baseline: server.URL, Rate: 5000, Concurrency: 5, Share: func() float64 {
		if asked++; asked == 200 {
			cancel()
		}
		return 0
	}}
	if err := traffic.Run(ctx); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if most > 5 {
		t.Errorf("%d requests under way, want at most 5", most)
	}
}

func TestTrafficSettings(t *testing.T) {
	for _, traffic := range []Traffic{{Rate: -1}, {Rate: math.NaN()}, {Rate: math.Inf(1)}, {Concurrency: -1}} {
		if err := traffic.Run(t.Context()); err == nil {
			t.Errorf("%+v is accepted", traffic)
		}
	}
}
