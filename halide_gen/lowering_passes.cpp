#include "lowering_passes.h"

#include <vector>

namespace argent::lowering_passes {
namespace {

/// Halide's calls that it would split into halves of 256 bits. Its reciprocals have 12 bits, these 14.
class WholeVectors : public Halide::Internal::IRMutator {
  using IRMutator::visit;

  Halide::Expr visit(const Halide::Internal::Call* call) override {
    using Halide::Internal::Call;
    const Halide::Expr changed = IRMutator::visit(call);
    const auto* op = changed.as<Call>();
    if (op == nullptr) return changed;
    const auto instead = [&](const char* name, const std::vector<Halide::Expr>& arguments) {
      return Call::make(op->type, name, arguments, Call::PureExtern);
    };
    const auto is_share = [&](Call::IntrinsicOp of, int bits) {
      return op->is_intrinsic(of) && op->type.bits() == 16 && op->type.lanes() % 32 == 0 && Halide::Internal::is_const(op->args[2], bits) &&
             op->args[0].type() == op->type && op->args[1].type() == op->type;
    };
    if (is_share(Call::mul_shift_right, 16))
      return instead(op->type.is_uint() ? "argent_share_of" : "argent_signed_share_of", {op->args[0], op->args[1]});
    if (is_share(Call::rounding_mul_shift_right, 15) && op->type.is_int())
      return instead("argent_rounded_share_of", {op->args[0], op->args[1]});
    if (op->is_intrinsic(Call::abs) && op->type.bits() == 16 && op->type.lanes() % 32 == 0 && op->args[0].type().is_int())
      return Halide::Internal::Cast::make(op->type, Call::make(op->args[0].type(), "argent_abs", op->args, Call::PureExtern));
    if (op->name == "argent_pair_of") return pair_of(op->args[0], op->args[1]);
    if (op->name == "sqrt_f32" && op->type.lanes() % 16 == 0) return instead("argent_sqrt", op->args);
    if (op->is_intrinsic(Call::abs) && op->type.is_float() && op->type.bits() == 32 && op->type.lanes() % 16 == 0)
      return instead("argent_magnitude", op->args);
    if (op->name == "fast_inverse_sqrt_f32" && op->type.lanes() % 16 == 0) return instead("argent_inverse_root", op->args);
    if (op->name == "fast_inverse_f32" && op->type.lanes() % 16 == 0) return instead("argent_fast_inverse", op->args);
    return changed;
  }

  /// Of 32 bits the lower 16.
  Halide::Expr visit(const Halide::Internal::Cast* cast) override {
    using Halide::Internal::Call;
    const Halide::Expr changed = IRMutator::visit(cast);
    const auto* op = changed.as<Halide::Internal::Cast>();
    if (op == nullptr || op->type.lanes() % 32 != 0 || !is_whole(op->type, 16) || !is_whole(op->value.type(), 32)) return changed;
    return Call::make(op->type, "argent_low", {op->value}, Call::PureExtern);
  }

  /// Bytes in turn, each cut from 16 bits: 16 bits that have two.
  Halide::Expr visit(const Halide::Internal::Shuffle* shuffle) override {
    using namespace Halide::Internal;
    const Halide::Expr changed = IRMutator::visit(shuffle);
    const auto* op = changed.as<Shuffle>();
    if (op == nullptr || !op->is_interleave() || op->vectors.size() != 2 || op->type.bits() != 8) return changed;
    const auto *even = op->vectors[0].as<Cast>(), *odd = op->vectors[1].as<Cast>();
    if (even == nullptr || odd == nullptr || !even->value.type().is_uint() || even->value.type().bits() != 16) return changed;
    if (odd->value.type() != even->value.type()) return changed;
    const Halide::Type words = even->value.type();
    const Halide::Expr both = (even->value & make_const(words, 0xff)) | (odd->value << make_const(words, 8));
    return Halide::reinterpret(op->type, both);
  }

  static Halide::Expr pair_of(const Halide::Expr& first, const Halide::Expr& second) {
    using namespace Halide::Internal;
    const int lanes = first.type().lanes();
    const Halide::Type type = Halide::UInt(32, lanes);
    const auto* load = first.as<Load>();
    const auto* ramp = load == nullptr ? nullptr : load->index.as<Ramp>();
    const bool strided = ramp != nullptr && is_const_one(load->predicate);
    if (!strided || (!is_const(ramp->stride, 2) && !is_const(ramp->stride, 4)))
      return Cast::make(type, first) | Cast::make(type, second) << make_const(type, 16);
    const auto pairs = [&](int offset) {
      const Halide::Expr base = ramp->base + offset, index = Ramp::make(base, make_one(base.type()), 2 * lanes);
      return Halide::reinterpret(type, Load::make(load->type.with_lanes(2 * lanes), load->name, index, load->image, load->param,
                                                  const_true(2 * lanes), ModulusRemainder()));
    };
    if (is_const(ramp->stride, 2)) return pairs(0);
    // Every second pair of two loads, the second of which ends with the last of them.
    std::vector<int> every_second;
    for (int i = 0; i < lanes; i++) every_second.push_back(2 * i + (2 * i < lanes ? 0 : 1));
    return Shuffle::make({pairs(0), pairs(2 * lanes - 2)}, every_second);
  }

  static bool is_whole(const Halide::Type& type, int bits) { return type.bits() == bits && (type.is_int() || type.is_uint()); }
};

template <class For>
Halide::Internal::Stmt with_body(const For* loop, const Halide::Internal::Stmt& body) {
  if constexpr (requires { loop->partition_policy; }) {
    return For::make(loop->name, loop->min, loop->extent, loop->for_type, loop->partition_policy, loop->device_api, body);
  } else {
    return For::make(loop->name, loop->min, loop->extent, loop->for_type, loop->device_api, body);  // Halide 14
  }
}

/// In each function that a parallel loop becomes.
class AlignedStack : public Halide::Internal::IRMutator {
  using IRMutator::visit;

  Halide::Internal::Stmt visit(const Halide::Internal::For* loop) override {
    using namespace Halide::Internal;
    const Stmt changed = IRMutator::visit(loop);
    const auto* op = changed.as<For>();
    if (op == nullptr || op->for_type != ForType::Parallel) return changed;
    const Stmt align = Evaluate::make(Call::make(Halide::Int(32), "argent_align_stack", {}, Call::Extern));
    return with_body(op, Block::make(align, op->body));
  }
};

}  // namespace

Halide::Internal::IRMutator* whole_vectors() { return new WholeVectors; }
Halide::Internal::IRMutator* aligned_stack() { return new AlignedStack; }

}  // namespace argent::lowering_passes
