package demo

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	beat           = 5 * time.Millisecond // the shortest time between two looks at what is due
	requestTimeout = 10 * time.Second
	maxAnswer      = 1 << 20 // bytes read of a response
)

// Traffic is what people do with the service: they look around and order.
// Part of it goes to the candidate, as a load balancer would split it.
type Traffic struct {
	Baseline, Candidate string // http://host:port

	// Share is asked before every request for the part of the traffic that the
	// candidate gets, 0 to 1. Nil: none. It is called from one goroutine.
	Share func() float64
	// Rate is in requests a second. 0: 40.
	Rate float64
	// Concurrency is how many requests may be under way; those due beyond it
	// are dropped. 0: 64.
	Concurrency int
	Seed        uint64 // of the choice of requests
}

// Run sends requests until ctx ends, and returns when the last one is over.
// Answers that don't come, or are errors, are the service's affair. The error
// is about the settings.
func (t Traffic) Run(ctx context.Context) error {
	if t.Rate == 0 {
		t.Rate = 40
	}
	if t.Concurrency == 0 {
		t.Concurrency = 64
	}
	if t.Share == nil {
		t.Share = func() float64 { return 0 }
	}
	if !(t.Rate > 0 && t.Rate <= 10000) || t.Concurrency < 0 {
		return errors.New("demo: the traffic's rate must lie between 0 and 10000, and its concurrency above 0")
	}
	transport := &http.Transport{MaxIdleConnsPerHost: t.Concurrency, IdleConnTimeout: 30 * time.Second}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: requestTimeout}
	random := rand.New(rand.NewPCG(t.Seed, 1))
	slots := make(chan struct{}, t.Concurrency)
	var split spread
	var under sync.WaitGroup
	defer under.Wait()

	ticker := time.NewTicker(max(beat, time.Duration(float64(time.Second)/t.Rate)))
	defer ticker.Stop()
	start, sent := time.Now(), 0
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		due := int(time.Since(start).Seconds() * t.Rate)
		for ; sent < due; sent++ {
			target := t.Baseline
			if split.next(t.Share()) {
				target = t.Candidate
			}
			visit := visits[random.IntN(len(visits))]
			select {
			case slots <- struct{}{}:
			default:
				continue // overloaded: people give up
			}
			under.Go(func() {
				defer func() { <-slots }()
				send(ctx, client, target, visit)
			})
		}
	}
}

// visit is one request that people send.
type visit struct{ method, path, body string }

// visits are as frequent as they are listed.
var visits = []visit{
	{http.MethodGet, "/", ""},
	{http.MethodGet, "/", ""},
	{http.MethodGet, "/api/v1/items", ""},
	{http.MethodGet, "/api/v1/items", ""},
	{http.MethodGet, "/api/v1/items", ""},
	{http.MethodGet, "/api/v1/items/1", ""},
	{http.MethodGet, "/api/v1/items/2", ""},
	{http.MethodGet, "/api/v1/items/3", ""},
	{http.MethodPost, "/api/v1/items", `{"name":"Stool","price":45}`},
	{http.MethodPut, "/api/v1/items/3", `{"name":"Table","price":299}`},
	{http.MethodGet, "/api/v1/orders", ""},
	{http.MethodPost, "/api/v1/orders", `{"item_id":1,"quantity":2}`},
}

// send sends one request and forgets what came of it.
func send(ctx context.Context, client *http.Client, target string, v visit) {
	var body io.Reader
	if v.body != "" {
		body = strings.NewReader(v.body)
	}
	req, err := http.NewRequestWithContext(ctx, v.method, target+v.path, body)
	if err != nil {
		return
	}
	req.Header.Set("User-Agent", "cutover-demo")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := client.Do(req)
	if err != nil {
		return
	}
	// Read to the end, so that the connection serves the next request.
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer))
	_ = resp.Body.Close()
}
