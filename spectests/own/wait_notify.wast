;; Waiting and waking beyond the official scripts, in every kind of memory.

(module
  (memory $small 1 1 shared)
  (memory $large i64 1 2 shared)
  (memory $own 1)
  (func (export "wait") (param i32 i32 i64) (result i32)
    (memory.atomic.wait32 $small (local.get 0) (local.get 1) (local.get 2)))
  (func (export "wait-large") (param i64 i64 i64) (result i32)
    (memory.atomic.wait64 $large (local.get 0) (local.get 1) (local.get 2)))
  (func (export "wait-own") (param i32) (result i32)
    (memory.atomic.wait32 $own (local.get 0) (i32.const 0) (i64.const 0)))
  (func (export "wait-far") (param i64) (result i32)
    (memory.atomic.wait32 $large offset=0xffff_ffff_ffff_fffc (local.get 0) (i32.const 0) (i64.const 0)))
  (func (export "notify") (param i32 i32) (result i32)
    (memory.atomic.notify $small (local.get 0) (local.get 1)))
  (func (export "notify-own") (param i32 i32) (result i32)
    (memory.atomic.notify $own (local.get 0) (local.get 1)))
  (func (export "notify-large") (param i64 i32) (result i32)
    (memory.atomic.notify $large offset=4 (local.get 0) (local.get 1)))
  (func (export "store-large") (param i64 i64) (i64.atomic.store $large (local.get 0) (local.get 1)))
  (func (export "grow-large") (param i64) (result i64) (memory.grow $large (local.get 0)))
  (func (export "fence") (atomic.fence)))
;; Another value: no waiting, however long the timeout.
(assert_return (invoke "wait" (i32.const 0) (i32.const 1) (i64.const -1)) (i32.const 1))
(assert_return (invoke "wait-large" (i64.const 8) (i64.const 1) (i64.const -1)) (i32.const 1))
;; The value: until the timeout.
(assert_return (invoke "wait" (i32.const 0) (i32.const 0) (i64.const 0)) (i32.const 2))
(assert_return (invoke "wait" (i32.const 65532) (i32.const 0) (i64.const 1000)) (i32.const 2))
(assert_return (invoke "wait-large" (i64.const 8) (i64.const 0) (i64.const 1000)) (i32.const 2))
(assert_return (invoke "store-large" (i64.const 16) (i64.const 0x1_0000_0000)))
;; All 64 bits are compared.
(assert_return (invoke "wait-large" (i64.const 16) (i64.const 0) (i64.const -1)) (i32.const 1))
(assert_return (invoke "wait-large" (i64.const 16) (i64.const 0x1_0000_0000) (i64.const 0)) (i32.const 2))
;; Nobody waits.
(assert_return (invoke "notify" (i32.const 0) (i32.const -1)) (i32.const 0))
(assert_return (invoke "notify-own" (i32.const 0) (i32.const -1)) (i32.const 0))
(assert_return (invoke "notify-large" (i64.const 0) (i32.const -1)) (i32.const 0))
(assert_return (invoke "fence"))
;; Alignment counts with the offset and comes before bounds and before the kind of the memory.
(assert_trap (invoke "wait" (i32.const 2) (i32.const 0) (i64.const 0)) "unaligned atomic")
(assert_trap (invoke "notify" (i32.const 65534) (i32.const 0)) "unaligned atomic")
(assert_trap (invoke "notify-large" (i64.const 2) (i32.const 0)) "unaligned atomic")
(assert_trap (invoke "wait" (i32.const 65536) (i32.const 0) (i64.const 0))
  "out of bounds memory access")
(assert_trap (invoke "notify-large" (i64.const -4) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "wait-far" (i64.const 0)) "out of bounds memory access")
(assert_trap (invoke "wait-far" (i64.const 4)) "out of bounds memory access")
(assert_trap (invoke "wait-own" (i32.const 0)) "expected shared memory")
;; The page beyond appears and is waited on.
(assert_trap (invoke "wait-large" (i64.const 65536) (i64.const 0) (i64.const 0))
  "out of bounds memory access")
(assert_return (invoke "grow-large" (i64.const 1)) (i64.const 1))
(assert_return (invoke "wait-large" (i64.const 65536) (i64.const 0) (i64.const 0)) (i32.const 2))
(assert_return (invoke "grow-large" (i64.const 1)) (i64.const -1))

;; A baton goes to and fro between two threads, and each counts its turns without an atomic: the
;; baton orders them.
(module $Mem (memory (export "shared") 1 4 shared))
(thread $Ping (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "shared") 1 4 shared)
    (func (export "run") (param $mine i32) (param $turns i32) (result i32)
      (loop $turn
        (block $have
          (loop $look
            (br_if $have (i32.eq (i32.atomic.load (i32.const 0)) (local.get $mine)))
            (drop (memory.atomic.wait32 (i32.const 0) (i32.eqz (local.get $mine)) (i64.const -1)))
            (br $look)))
        (i32.store (i32.const 64) (i32.add (i32.load (i32.const 64)) (i32.const 1)))
        (i32.atomic.store (i32.const 0) (i32.eqz (local.get $mine)))
        (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))
        (br_if $turn (local.tee $turns (i32.sub (local.get $turns) (i32.const 1)))))
      (i32.const 1)))
  (assert_return (invoke "run" (i32.const 0) (i32.const 200)) (i32.const 1)))
(thread $Pong (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "shared") 1 4 shared)
    (func (export "run") (param $mine i32) (param $turns i32) (result i32)
      (loop $turn
        (block $have
          (loop $look
            (br_if $have (i32.eq (i32.atomic.load (i32.const 0)) (local.get $mine)))
            (drop (memory.atomic.wait32 (i32.const 0) (i32.eqz (local.get $mine)) (i64.const -1)))
            (br $look)))
        (i32.store (i32.const 64) (i32.add (i32.load (i32.const 64)) (i32.const 1)))
        (i32.atomic.store (i32.const 0) (i32.eqz (local.get $mine)))
        (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))
        (br_if $turn (local.tee $turns (i32.sub (local.get $turns) (i32.const 1)))))
      (i32.const 1)))
  (assert_return (invoke "run" (i32.const 1) (i32.const 200)) (i32.const 1)))
(wait $Ping)
(wait $Pong)
(register "mem" $Mem)
(module
  (memory (import "mem" "shared") 1 4 shared)
  (func (export "turns") (result i32) (i32.load (i32.const 64)))
  (func (export "size") (result i32) (memory.size)))
(assert_return (invoke "turns") (i32.const 400))

;; Additions of four threads, and growth that all see.
(thread $A (shared (module $Mem)) (register "mem" $Mem)
  (module (memory (import "mem" "shared") 1 4 shared)
    (func (export "run") (param $n i32) (result i32)
      (loop $l
        (drop (i64.atomic.rmw.add (i32.const 128) (i64.const 3)))
        (drop (i32.atomic.rmw8.xor_u (i32.const 136) (i32.const 0xa5)))
        (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (i32.gt_s (memory.grow (i32.const 1)) (i32.const 0))))
  (assert_return (invoke "run" (i32.const 10000)) (i32.const 1)))
(thread $B (shared (module $Mem)) (register "mem" $Mem)
  (module (memory (import "mem" "shared") 1 4 shared)
    (func (export "run") (param $n i32) (result i32)
      (local $old i64)
      (loop $l
        (loop $again
          (local.set $old (i64.atomic.load (i32.const 128)))
          (br_if $again (i64.ne (local.get $old)
            (i64.atomic.rmw.cmpxchg (i32.const 128) (local.get $old)
              (i64.sub (local.get $old) (i64.const 1))))))
        (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (i32.gt_s (memory.grow (i32.const 1)) (i32.const 0))))
  (assert_return (invoke "run" (i32.const 10000)) (i32.const 1)))
(wait $A)
(wait $B)
(module
  (memory (import "mem" "shared") 1 4 shared)
  (func (export "sum") (result i64) (i64.load (i32.const 128)))
  (func (export "flips") (result i32) (i32.load8_u (i32.const 136)))
  (func (export "size") (result i32) (memory.size)))
(assert_return (invoke "sum") (i64.const 20000))
(assert_return (invoke "flips") (i32.const 0))
(assert_return (invoke "size") (i32.const 3))
