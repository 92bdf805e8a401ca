package criterion

var german, french, spanish, portuguese, italian, russian, turkish, chinese, japanese, korean []entry
