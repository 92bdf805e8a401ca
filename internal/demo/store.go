package demo

import (
	"cmp"
	"slices"
	"sync"
)

// maxStored bounds the items and the orders each; the oldest go first.
const maxStored = 1000

// Store holds what the service sells and has sold, in memory. Both versions of
// a service can share one, as they share a database.
type Store struct {
	mu     sync.Mutex
	lastID int
	items  map[int]item
	orders []order
}

type item struct {
	ID    int     `json:"id"`
	Name  string  `json:"name"`
	Price float64 `json:"price"`
}

type order struct {
	ID       int     `json:"id"`
	ItemID   int     `json:"item_id"`
	Quantity int     `json:"quantity"`
	Total    float64 `json:"total"`
}

// NewStore makes a store with three items in it, of the ids 1 to 3.
func NewStore() *Store {
	s := &Store{items: map[int]item{}}
	for _, i := range []item{{Name: "Lamp", Price: 39.5}, {Name: "Chair", Price: 120}, {Name: "Table", Price: 310}} {
		s.addItem(i)
	}
	return s
}

func (s *Store) addItem(i item) item {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastID++
	i.ID = s.lastID
	s.items[i.ID] = i
	if len(s.items) > maxStored {
		oldest := i.ID
		for id := range s.items {
			if id > 3 { // the first three are there for good
				oldest = min(oldest, id)
			}
		}
		delete(s.items, oldest)
	}
	return i
}

// listItems returns the newest items, at most limit.
func (s *Store) listItems(limit int) []item {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]item, 0, len(s.items))
	for _, i := range s.items {
		list = append(list, i)
	}
	slices.SortFunc(list, func(a, b item) int { return cmp.Compare(b.ID, a.ID) })
	return list[:min(limit, len(list))]
}

func (s *Store) item(id int) (item, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, ok := s.items[id]
	return i, ok
}

// replaceItem puts i in the place of the item of its id.
func (s *Store) replaceItem(i item) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.items[i.ID]
	if ok {
		s.items[i.ID] = i
	}
	return ok
}

func (s *Store) deleteItem(id int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.items[id]
	delete(s.items, id)
	return ok
}

// addOrder orders quantity of an item.
func (s *Store) addOrder(itemID, quantity int) (order, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, ok := s.items[itemID]
	if !ok {
		return order{}, false
	}
	s.lastID++
	o := order{ID: s.lastID, ItemID: itemID, Quantity: quantity, Total: i.Price * float64(quantity)}
	s.orders = append(s.orders, o)
	if len(s.orders) > maxStored {
		s.orders = slices.Delete(s.orders, 0, 1)
	}
	return o, true
}

// listOrders returns the newest orders, at most limit.
func (s *Store) listOrders(limit int) []order {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := slices.Clone(s.orders[max(0, len(s.orders)-limit):])
	slices.Reverse(list)
	return list
}
