package store

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/cutover-dev/cutover/internal/testenv"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// postgres opens a database for the time of a test.
func postgres(t *testing.T, address string) *Postgres {
	t.Helper()
	p, err := OpenPostgres(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func TestMemory(t *testing.T) {
	t.Run("store", func(t *testing.T) { testStore(t, NewMemory()) })
	t.Run("bounded", testBoundedMemory)
	t.Run("leftovers", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			testLeftovers(t, NewMemory(), func() { time.Sleep(staleAfter + 1) })
		})
	})
}

// TestPostgres holds the database to the same; the first of all to come makes
// the tables.
func TestPostgres(t *testing.T) {
	address := testenv.Postgres(t)
	t.Run("two versions begin together", func(t *testing.T) { testBeginTogether(t, address) })
	p := postgres(t, address)
	t.Run("store", func(t *testing.T) { testStore(t, p) })
	t.Run("bounded", func(t *testing.T) { testBoundedPostgres(t, p) })
	t.Run("leftovers", func(t *testing.T) {
		testLeftovers(t, p, func() {
			if _, err := p.pool.Exec(t.Context(), `UPDATE sample.users SET since = since - interval '11 minutes'`); err != nil {
				t.Fatal(err)
			}
		})
	})
}

func testStore(t *testing.T, s Store) {
	ctx := t.Context()
	must := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	missing := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: got %v, want ErrNotFound", what, err)
		}
	}
	same := func(what string, got, want any) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}

	lamp, err := s.Item(ctx, 1)
	must("the first item", err)
	same("the first item", lamp, Item{1, "Lamp", 39.5})
	stool, err := s.AddItem(ctx, Item{Name: "Stool", Price: 45})
	must("add an item", err)
	stool.Price = 40
	must("replace it", s.ReplaceItem(ctx, stool))
	got, err := s.Item(ctx, stool.ID)
	must("read it", err)
	same("read it", got, stool)
	items, err := s.Items(ctx, 1)
	must("list items", err)
	same("list items", items, []Item{stool})

	order, err := s.AddOrder(ctx, stool.ID, 3)
	must("order it", err)
	same("order it", order, Order{ID: order.ID, ItemID: stool.ID, Quantity: 3, Total: 120})
	orders, err := s.Orders(ctx, 1)
	must("list orders", err)
	same("list orders", orders, []Order{order})

	must("delete it", s.DeleteItem(ctx, stool.ID))
	missing("delete it again", s.DeleteItem(ctx, stool.ID))
	missing("replace it, once deleted", s.ReplaceItem(ctx, stool))
	_, err = s.Item(ctx, stool.ID)
	missing("read it, once deleted", err)
	_, err = s.AddOrder(ctx, stool.ID, 1)
	missing("order it, once deleted", err)

	name := "u-" + strings.ToLower(rand.Text()) // a database given to the tests may be shared
	jo := User{Name: name, Email: name + "@shop.example", Password: "a hash"}
	jo, err = s.AddUser(ctx, jo)
	must("add a user", err)
	for _, other := range []User{{Name: jo.Name, Email: "else@shop.example"}, {Name: "else-" + name, Email: jo.Email}} {
		if _, err := s.AddUser(ctx, other); !errors.Is(err, ErrTaken) {
			t.Errorf("add %+v: got %v, want ErrTaken", other, err)
		}
	}
	byName, err := s.UserByName(ctx, name)
	must("read the user by name", err)
	same("the user by name", byName, jo)
	byID, err := s.UserByID(ctx, jo.ID)
	must("read the user by ID", err)
	same("the user by ID", byID, jo)
	must("delete the user", s.DeleteUser(ctx, jo.ID))
	missing("delete the user again", s.DeleteUser(ctx, jo.ID))
	_, err = s.UserByName(ctx, name)
	missing("read the user by name, once deleted", err)
	_, err = s.UserByID(ctx, jo.ID)
	missing("read the user by ID, once deleted", err)
}

func TestSessions(t *testing.T) {
	cache, err := OpenRedis(testenv.Redis(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cache.Close)
	for name, s := range map[string]Sessions{"memory": NewMemory(), "redis": cache} {
		hash := rand.Text()
		if _, err := s.User(t.Context(), hash); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: before: %v", name, err)
		}
		if err := s.Begin(t.Context(), hash, 7, time.Minute); err != nil {
			t.Fatal(err)
		}
		if id, err := s.User(t.Context(), hash); err != nil || id != 7 {
			t.Errorf("%s: got %d, %v", name, id, err)
		}
	}
	left, err := cache.client.Keys(t.Context(), sessionKey+"*").Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range left {
		if ttl := cache.client.TTL(t.Context(), key).Val(); ttl <= 0 || ttl > time.Minute {
			t.Errorf("%s ends in %v", key, ttl)
		}
	}
}

func testBoundedMemory(t *testing.T) {
	m, ctx := NewMemory(), t.Context()
	for n := range 3 * maxStored {
		if _, err := m.AddItem(ctx, Item{Name: "Stool"}); err != nil {
			t.Fatal(err)
		}
		if _, err := m.AddOrder(ctx, 1, 1); err != nil {
			t.Fatal(err) // the lamp is gone
		}
		name := strings.Repeat("x", n+1)
		if _, err := m.AddUser(ctx, User{Name: name, Email: name}); err != nil {
			t.Fatal(err)
		}
		if err := m.Begin(ctx, name, n, time.Duration(n+1)*time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]int{maxStored, maxStored, maxStored, maxStored}, []int{len(m.items), len(m.orders), len(m.users), len(m.sessions)}); diff != "" {
		t.Errorf("items, orders, users, sessions (-want +got):\n%s", diff)
	}
	if items, _ := m.Items(ctx, 1); items[0].ID != m.lastID-1 {
		t.Errorf("the newest item is %d, want %d", items[0].ID, m.lastID-1)
	}
	if _, err := m.User(ctx, "x"); err == nil {
		t.Error("the session that would end first is still there")
	}
}

func testBoundedPostgres(t *testing.T, p *Postgres) {
	ctx := t.Context()
	item, err := p.AddItem(ctx, Item{Name: "Stool"})
	if err != nil {
		t.Fatal(err)
	}
	// As if a thousand others had come since.
	if _, err := p.pool.Exec(ctx, `SELECT setval(pg_get_serial_sequence('sample.items', 'id'), $1)`, item.ID+maxStored-1); err != nil {
		t.Fatal(err)
	}
	if _, err := p.AddItem(ctx, Item{Name: "Bench"}); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Item(ctx, item.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("the oldest item is still there: %v", err)
	}
	if _, err := p.Item(ctx, 1); err != nil {
		t.Errorf("a fixture is gone: %v", err)
	}
}

// testLeftovers lets a user of a smoke test grow old.
func testLeftovers(t *testing.T, s Store, elevenMinutesLater func()) {
	mark := strings.ToLower(rand.Text())
	add := func(name string) int {
		t.Helper()
		u, err := s.AddUser(t.Context(), User{Name: name + mark, Email: name + mark + "@shop.example"})
		if err != nil {
			t.Fatal(err)
		}
		return u.ID
	}
	old, person := add(smokePrefix+"1-"), add("person-")
	elevenMinutesLater()
	fresh := add(smokePrefix + "2-")
	for what, c := range map[string]struct {
		id   int
		want error
	}{"the leftover": {old, ErrNotFound}, "a person": {person, nil}, "a test under way": {fresh, nil}} {
		if _, err := s.UserByID(t.Context(), c.id); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", what, err, c.want)
		}
	}
	_, _ = s.DeleteUser(t.Context(), person), s.DeleteUser(t.Context(), fresh)
}

// testBeginTogether makes the tables from several sides at once.
func testBeginTogether(t *testing.T, address string) {
	const n = 8
	begun := make(chan error, n)
	for range n {
		go func() {
			p, err := OpenPostgres(t.Context(), address)
			if err == nil {
				p.Close()
			}
			begun <- err
		}()
	}
	for range n {
		if err := <-begun; err != nil {
			t.Error(err)
		}
	}
}
