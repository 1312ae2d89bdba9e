;; A million objects that die young, in rings of two. The test runs this with a heap of 10 MB, in
;; which they would not find room together: `wasmi-wast --gc-heap 10000000`.
(module
  (type $node (struct (field $next (mut (ref null $node))) (field $value (mut i64))))
  (type $nodes (array (mut (ref null $node))))
  (func $ring (param $n i64) (result (ref $node))
    (local $a (ref $node)) (local $b (ref $node))
    (local.set $a (struct.new $node (ref.null $node) (local.get $n)))
    (local.set $b (struct.new $node (local.get $a) (i64.add (local.get $n) (i64.const 1))))
    (struct.set $node $next (local.get $a) (local.get $b))
    (local.get $a))
  (func (export "churn") (param $n i64) (result i64)
    (local $sum i64) (local $all (ref $nodes)) (local $kept (ref null $node))
    (local.set $all (array.new_default $nodes (i32.const 16)))
    (loop $more
      (local.set $kept (call $ring (local.get $n)))
      (array.set $nodes (local.get $all)
        (i32.and (i32.wrap_i64 (local.get $n)) (i32.const 15)) (local.get $kept))
      (local.set $sum (i64.add (local.get $sum)
        (struct.get $node $value (struct.get $node $next (local.get $kept)))))
      (br_if $more (i64.ne (i64.const 0)
        (local.tee $n (i64.sub (local.get $n) (i64.const 1))))))
    (i64.add (local.get $sum)
      (struct.get $node $value (array.get $nodes (local.get $all) (i32.const 5))))))
;; (2 + ... + 500001) + 5
(assert_return (invoke "churn" (i64.const 500000)) (i64.const 125000750005))
