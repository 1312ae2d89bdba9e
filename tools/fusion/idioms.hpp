// Runs that kernels are made of and large programs have few of, in all operand classes. They come
// before the runs of the corpus (docs/RATIONALE.md).
#pragma once

#include "tools/fusion/forms.hpp"

#include <utility>
#include <vector>

namespace wasmi::core::fusion {

using FormPair = std::pair<u16, u16>;

class Idioms {
  public:
    /// A shift and what combines it with a local (hashes, ciphers, addresses), a sum and its
    /// rotation, a multiplication and a sum.
    std::vector<FormPair> pairs() && {
        integers({Op::i32_add, Op::i32_or, Op::i32_xor, Op::i32_mul, Op::i32_shl, Op::i32_shr_u,
                  Op::i32_rotl});
        integers({Op::i64_add, Op::i64_or, Op::i64_xor, Op::i64_mul, Op::i64_shl, Op::i64_shr_u,
                  Op::i64_rotl});
        for (const Cls other : kOthers) {
            for (const Cls d : kResults) {
                add(Op::i64_xor, {Cls::R, other}, Op::i64_mul_k64, {Cls::R, Cls::K}, d);
            }
        }
        products(Op::f32_mul, Op::f32_add);
        products(Op::f64_mul, Op::f64_add);
        differences();
        return std::move(pairs_);
    }

    /// (x ^ (x >> k)) * c, of which the last steps of most hash functions and random generators
    /// consist. As five or six jumps in turn between two handlers it is what predictors of indirect
    /// branches do worst: these are kept even if no group has them.
    static std::vector<std::vector<u16>> mixers() {
        std::vector<std::vector<u16>> found;
        const Op steps[][3] = {{Op::i32_shr_u, Op::i32_xor, Op::i32_mul},
                               {Op::i64_shr_u, Op::i64_xor, Op::i64_mul},
                               {Op::i64_shr_u, Op::i64_xor, Op::i64_mul_k64}};
        for (const auto& [shift, combine, multiply] : steps) {
            for (const Cls x : kOthers) {
                for (const Cls d : kResults) {
                    u16 first = 0, second = 0, third = 0;
                    if (find(shift, {x, Cls::K}, Cls::R, first) &&
                        find(combine, {Cls::R, x}, Cls::R, second) &&
                        find(multiply, {Cls::R, Cls::K}, d, third)) {
                        found.push_back({first, second, third});
                    }
                }
            }
        }
        return found;
    }

  private:
    static constexpr Cls kSources[] = {Cls::S, Cls::R, Cls::P0, Cls::P1};
    static constexpr Cls kOthers[] = {Cls::S, Cls::P0, Cls::P1};
    static constexpr Cls kResults[] = {Cls::R, Cls::RS, Cls::P0, Cls::P1};

    struct Operands {
        Cls a, b;
    };
    /// The sources of an operation that commutes.
    static constexpr Operands kUnordered[] = {
        {Cls::S, Cls::S},   {Cls::S, Cls::R},  {Cls::S, Cls::P0}, {Cls::S, Cls::P1},
        {Cls::R, Cls::R},   {Cls::R, Cls::P0}, {Cls::R, Cls::P1}, {Cls::P0, Cls::P0},
        {Cls::P0, Cls::P1}, {Cls::P1, Cls::P1}};
    struct IntegerOps {
        Op add, or_, xor_, mul, shl, shr_u, rotl;
    };

    /// The form with these operands, in the order of the form that exists where they commute.
    static bool find(Op op, Operands from, Cls d, u16& form) {
        const Shape& shape = info(op).shape;
        for (const Operands o : {from, Operands{from.b, from.a}}) {
            const Classes k{o.a, o.b, Cls::N, d};
            if (in_mask(shape.a, k.a) && in_mask(shape.b, k.b) && in_mask(shape.d, k.d) &&
                form_exists(op, k)) {
                form = static_cast<u16>(form_id(op, k));
                return true;
            }
            if (!shape.commutes) break;
        }
        return false;
    }

    /// The result of the first is in R.
    void add(Op first, Operands from, Op second, Operands then, Cls d) {
        FormPair pair;
        if (find(first, from, Cls::R, pair.first) && find(second, then, d, pair.second)) {
            pairs_.push_back(pair);
        }
    }

    void integers(const IntegerOps& op) {
        for (const Cls d : kResults) {
            for (const Operands from : kUnordered) {
                for (const Op first : {op.add, op.xor_}) {
                    add(first, from, op.rotl, {Cls::R, Cls::K}, d);
                }
            }
            for (const Cls other : kOthers) {
                for (const Op shift : {op.shl, op.shr_u}) {
                    for (const Cls source : kSources) {
                        for (const Op second : {op.xor_, op.or_, op.add}) {
                            add(shift, {source, Cls::K}, second, {Cls::R, other}, d);
                        }
                    }
                }
                add(op.xor_, {Cls::R, other}, op.mul, {Cls::R, Cls::K}, d);
            }
        }
    }

    void products(Op mul, Op sum) {
        for (const Operands from : kUnordered) {
            for (const Cls other : kOthers) {
                for (const Cls d : kResults) add(mul, from, sum, {Cls::R, other}, d);
            }
        }
    }

    void differences() {
        for (const Operands from : kUnordered) {
            for (const Cls other : kOthers) {
                for (const Cls d : kResults) {
                    add(Op::f64_mul, from, Op::f64_sub, {other, Cls::R}, d);
                    add(Op::f64_mul, from, Op::f64_sub, {Cls::R, other}, d);
                }
            }
        }
    }

    std::vector<FormPair> pairs_;
};

}  // namespace wasmi::core::fusion
