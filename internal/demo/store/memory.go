package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// Memory is a [Store] and [Sessions] in the program. It is safe for concurrent
// use.
type Memory struct {
	mu       sync.Mutex
	lastID   int // of items and orders
	items    map[int]Item
	orders   []Order
	lastUser int
	users    map[int]storedUser
	sessions map[string]session
}

type storedUser struct {
	User
	since time.Time
}

type session struct {
	userID int
	until  time.Time
}

// NewMemory makes a store with three items in it, of the IDs 1 to 3.
func NewMemory() *Memory {
	m := &Memory{
		items: map[int]Item{}, lastID: fixtures,
		users: map[int]storedUser{}, sessions: map[string]session{},
	}
	for _, i := range firstItems() {
		m.items[i.ID] = i
	}
	return m
}

// Items implements [Store].
func (m *Memory) Items(_ context.Context, limit int) ([]Item, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := slices.SortedFunc(maps.Values(m.items), func(a, b Item) int { return cmp.Compare(b.ID, a.ID) })
	return list[:min(limit, len(list))], nil
}

// AddItem implements [Store].
func (m *Memory) AddItem(_ context.Context, i Item) (Item, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lastID++
	i.ID = m.lastID
	m.items[i.ID] = i
	if len(m.items) > maxStored {
		oldest := i.ID
		for id := range m.items {
			if id > fixtures {
				oldest = min(oldest, id)
			}
		}
		delete(m.items, oldest)
	}
	return i, nil
}

// Item implements [Store].
func (m *Memory) Item(_ context.Context, id int) (Item, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i, ok := m.items[id]
	return i, found(ok)
}

// ReplaceItem implements [Store].
func (m *Memory) ReplaceItem(_ context.Context, i Item) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.items[i.ID]
	if ok {
		m.items[i.ID] = i
	}
	return found(ok)
}

// DeleteItem implements [Store].
func (m *Memory) DeleteItem(_ context.Context, id int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.items[id]
	delete(m.items, id)
	return found(ok)
}

// AddOrder implements [Store].
func (m *Memory) AddOrder(_ context.Context, itemID, quantity int) (Order, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i, ok := m.items[itemID]
	if !ok {
		return Order{}, ErrNotFound
	}
	m.lastID++
	o := Order{ID: m.lastID, ItemID: itemID, Quantity: quantity, Total: i.Price * float64(quantity)}
	m.orders = append(m.orders, o)
	if len(m.orders) > maxStored {
		m.orders = slices.Delete(m.orders, 0, 1)
	}
	return o, nil
}

// Orders implements [Store].
func (m *Memory) Orders(_ context.Context, limit int) ([]Order, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := slices.Clone(m.orders[max(0, len(m.orders)-limit):])
	slices.Reverse(list)
	return list, nil
}

// AddUser implements [Store].
func (m *Memory) AddUser(_ context.Context, u User) (User, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	maps.DeleteFunc(m.users, func(_ int, old storedUser) bool { return leftover(old.User) && now.Sub(old.since) > staleAfter })
	for _, other := range m.users {
		if other.Name == u.Name || other.Email == u.Email {
			return User{}, ErrTaken
		}
	}
	m.lastUser++
	u.ID = m.lastUser
	m.users[u.ID] = storedUser{u, now}
	if len(m.users) > maxStored {
		delete(m.users, slices.Min(slices.Collect(maps.Keys(m.users))))
	}
	return u, nil
}

// UserByName implements [Store].
func (m *Memory) UserByName(_ context.Context, name string) (User, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, u := range m.users {
		if u.Name == name {
			return u.User, nil
		}
	}
	return User{}, ErrNotFound
}

// UserByID implements [Store].
func (m *Memory) UserByID(_ context.Context, id int) (User, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	u, ok := m.users[id]
	return u.User, found(ok)
}

// DeleteUser implements [Store].
func (m *Memory) DeleteUser(_ context.Context, id int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.users[id]
	delete(m.users, id)
	return found(ok)
}

// Begin implements [Sessions].
func (m *Memory) Begin(_ context.Context, hash string, userID int, lasts time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	maps.DeleteFunc(m.sessions, func(_ string, s session) bool { return !now.Before(s.until) })
	if len(m.sessions) >= maxStored {
		soonest := ""
		for h, s := range m.sessions {
			if soonest == "" || s.until.Before(m.sessions[soonest].until) {
				soonest = h
			}
		}
		delete(m.sessions, soonest)
	}
	m.sessions[hash] = session{userID, now.Add(lasts)}
	return nil
}

// User implements [Sessions].
func (m *Memory) User(_ context.Context, hash string) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.sessions[hash]
	return s.userID, found(ok && time.Now().Before(s.until))
}

func found(ok bool) error {
	if !ok {
		return ErrNotFound
	}
	return nil
}
