;; The limits of the heap: what the official scripts leave to the implementation.

;; Arrays that no heap holds: a trap, in functions and in the values of globals.
(module
  (type $bytes (array (mut i8)))
  (type $longs (array (mut i64)))
  (type $vectors (array (mut v128)))
  (type $refs (array (mut anyref)))
  (data $d "0123456789")
  (elem $e anyref (ref.i31 (i32.const 1)) (ref.i31 (i32.const 2)))
  (func (export "bytes") (param i32) (result i32)
    (array.len (array.new_default $bytes (local.get 0))))
  (func (export "longs") (param i32) (result i32)
    (array.len (array.new $longs (i64.const -1) (local.get 0))))
  (func (export "vectors") (param i32) (result i32)
    (array.len (array.new_default $vectors (local.get 0))))
  (func (export "refs") (param i32) (result i32)
    (array.len (array.new_default $refs (local.get 0))))
  (func (export "data") (param i32 i32) (result i32)
    (array.len (array.new_data $longs $d (local.get 0) (local.get 1))))
  (func (export "elem") (param i32 i32) (result i32)
    (array.len (array.new_elem $refs $e (local.get 0) (local.get 1)))))
(assert_trap (invoke "bytes" (i32.const 0x8000_0000)) "heap exhausted")
(assert_trap (invoke "bytes" (i32.const 0xffff_ffff)) "heap exhausted")
(assert_trap (invoke "longs" (i32.const 0x8000_0000)) "heap exhausted")
;; The sizes of these in bytes are 0 and 8, of 32 bits.
(assert_trap (invoke "longs" (i32.const 0x2000_0000)) "heap exhausted")
(assert_trap (invoke "longs" (i32.const 0x2000_0001)) "heap exhausted")
(assert_trap (invoke "vectors" (i32.const 0x1000_0001)) "heap exhausted")
(assert_trap (invoke "refs" (i32.const 0xffff_ffff)) "heap exhausted")
;; Segments are checked before any room is taken.
(assert_trap (invoke "data" (i32.const 0) (i32.const 0x8000_0000)) "out of bounds memory access")
(assert_trap (invoke "data" (i32.const 0) (i32.const 0x2000_0001)) "out of bounds memory access")
(assert_trap (invoke "data" (i32.const 0xffff_ffff) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "elem" (i32.const 0) (i32.const 0x8000_0000)) "out of bounds table access")
(assert_trap (invoke "elem" (i32.const 0xffff_ffff) (i32.const 1)) "out of bounds table access")
;; The heap serves as before.
(assert_return (invoke "bytes" (i32.const 1000000)) (i32.const 1000000))
(assert_return (invoke "longs" (i32.const 0)) (i32.const 0))
(assert_return (invoke "data" (i32.const 2) (i32.const 1)) (i32.const 1))
(assert_return (invoke "elem" (i32.const 2) (i32.const 0)) (i32.const 0))

(assert_trap
  (module (type $a (array i64)) (global (ref $a) (array.new_default $a (i32.const -1))))
  "heap exhausted")
(assert_trap
  (module (type $a (array i8)) (table 1 (ref $a) (array.new $a (i32.const 7) (i32.const 0x8000_0000))))
  "heap exhausted")

;; Lengths and offsets of 32 bits do not wrap.
(module
  (type $bytes (array (mut i8)))
  (func (export "fill") (param i32 i32)
    (array.fill $bytes (array.new_default $bytes (i32.const 8)) (local.get 0) (i32.const 1)
      (local.get 1)))
  (func (export "copy") (param i32 i32 i32)
    (array.copy $bytes $bytes (array.new_default $bytes (i32.const 8)) (local.get 0)
      (array.new_default $bytes (i32.const 8)) (local.get 1) (local.get 2))))
(assert_return (invoke "fill" (i32.const 8) (i32.const 0)))
(assert_return (invoke "copy" (i32.const 8) (i32.const 8) (i32.const 0)))
(assert_trap (invoke "fill" (i32.const 0xffff_ffff) (i32.const 1)) "out of bounds array access")
(assert_trap (invoke "fill" (i32.const 1) (i32.const 0xffff_ffff)) "out of bounds array access")
(assert_trap (invoke "copy" (i32.const 9) (i32.const 0) (i32.const 0)) "out of bounds array access")
(assert_trap (invoke "copy" (i32.const 1) (i32.const 0) (i32.const 0xffff_ffff))
  "out of bounds array access")
(assert_trap (invoke "copy" (i32.const 0) (i32.const 0xffff_fff9) (i32.const 8))
  "out of bounds array access")
