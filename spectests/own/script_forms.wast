;; Forms of scripts that the official ones leave out or use seldom.

;; Definitions are not instantiated: this one would trap.
(module definition $Trap (func unreachable) (start 0))
(module definition $Counter
  (global $n (mut i32) (i32.const 0))
  (func (export "next") (result i32)
    (global.set $n (i32.add (global.get $n) (i32.const 1)))
    (global.get $n)))

;; Each instance has a state of its own; the latest is meant without a name.
(module instance $A $Counter)
(module instance $B $Counter)
(assert_return (invoke $A "next") (i32.const 1))
(assert_return (invoke $A "next") (i32.const 2))
(assert_return (invoke $B "next") (i32.const 1))
(assert_return (invoke "next") (i32.const 2))

;; A name registered anew means the new instance, with nothing of the old one.
(module $First (func (export "only-first") (result i32) (i32.const 1)))
(register "shared" $First)
(module $Second (func (export "only-second") (result i32) (i32.const 2)))
(register "shared" $Second)
(assert_unlinkable
  (module (import "shared" "only-first" (func (result i32))))
  "unknown import")
(module
  (import "shared" "only-second" (func $f (result i32)))
  (func (export "call") (result i32) (call $f)))
(assert_return (invoke "call") (i32.const 2))

;; Modules from bytes and from quoted text.
(module $Bytes binary
  "\00asm\01\00\00\00" "\01\05\01\60\00\01\7f" "\03\02\01\00" "\07\05\01\01f\00\00"
  "\0a\06\01\04\00\41\2a\0b")
(assert_return (invoke $Bytes "f") (i32.const 42))
(module $Quoted quote "(func (export \"f\") (result i32) (i32.co" "nst 43))")
(assert_return (invoke $Quoted "f") (i32.const 43))
(assert_return (invoke $Bytes "f") (i32.const 42))

;; Values.
(module
  (global (export "g") (mut f64) (f64.const -0x1.8p1))
  (func (export "nan32") (param i32) (result f32) (f32.reinterpret_i32 (local.get 0)))
  (func (export "refs") (param externref) (result externref funcref)
    (local.get 0) (ref.func $refs))
  (func $refs)
  (elem declare func $refs)
  (func (export "same") (param funcref) (result i32) (ref.is_null (local.get 0))))
(assert_return (get "g") (f64.const -3))
(assert_return (invoke "nan32" (i32.const 0x7fc00000)) (f32.const nan:canonical))
(assert_return (invoke "nan32" (i32.const 0xffc00000)) (f32.const nan:canonical))
(assert_return (invoke "nan32" (i32.const 0xffc00001)) (f32.const nan:arithmetic))
(assert_return (invoke "nan32" (i32.const 0xffa00000)) (f32.const -nan:0x200000))
(assert_return (invoke "nan32" (i32.const 0x80000000)) (f32.const -0))
(assert_return (invoke "refs" (ref.extern 5)) (ref.extern 5) (ref.func))
(assert_return (invoke "refs" (ref.null extern)) (ref.null) (ref.func))
(assert_return (invoke "refs" (ref.null extern)) (ref.null extern) (either (ref.null) (ref.func)))
(assert_return (invoke "same" (ref.null func)) (i32.const 1))

;; What instantiation has written before it trapped stays.
(module $Table (table (export "t") 2 funcref) (func (export "call") (param i32) (result i32)
  (call_indirect (result i32) (local.get 0))))
(register "table" $Table)
(assert_trap
  (module
    (import "table" "t" (table 2 funcref))
    (func $f (result i32) (i32.const 9))
    (elem (i32.const 0) $f)
    (elem (i32.const 2) $f))
  "out of bounds table access")
(assert_return (invoke $Table "call" (i32.const 0)) (i32.const 9))
(assert_trap (invoke $Table "call" (i32.const 1)) "uninitialized element 1")
