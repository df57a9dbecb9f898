// Sums and the like over axes.

#include "models/tensor/ops/reduction.h"

#include <cmath>

#include "models/kernels/reduction.h"
#include "models/tensor/ops/rows.h"
#include "models/tensor/ops/wide.h"

namespace argent::tensor {
namespace {

using G = GradientCall;
using kernels::Aggregate, kernels::elements_of;

// ---- rows ------------------------------------------------------------------------------------------------------------------------------

/// The reduced axes: several, or the one of argmax.
Dims axes_of(const Attributes& attributes) {
  return attributes.has(Key::kAxis) ? Dims{attributes.integer(Key::kAxis)} : attributes.dims(Key::kAxes);
}

/// Rows keep reduced axes with size 1; the functions drop them by a view.
Dims reduced_shape(const Call& call) {
  Dims result = call.input().shape();
  for (std::int64_t axis : axes_of(call.attributes)) result[static_cast<int>(axis)] = 1;
  return result;
}

void infer_sum(const Call& call, OutputSpecs& outputs) {
  const DType type = call.input().dtype();
  outputs.add(reduced_shape(call), is_floating(type) ? type : DType::kI64);
}
void infer_own(const Call& call, OutputSpecs& outputs) { outputs.add(reduced_shape(call), call.input().dtype()); }
void infer_bool(const Call& call, OutputSpecs& outputs) { outputs.add(reduced_shape(call), DType::kBool); }

/// Of what has elements: of none there is no extreme.
Dims extreme_shape(const Call& call) {
  const Dims result = reduced_shape(call);
  if (result.count() > 0 && elements_of(call.input().shape(), axes_of(call.attributes)) == 0)
    throw Error("of no elements: a tensor of shape ", call.input().shape());
  return result;
}
void infer_extreme(const Call& call, OutputSpecs& outputs) { outputs.add(extreme_shape(call), call.input().dtype()); }
void infer_index(const Call& call, OutputSpecs& outputs) { outputs.add(extreme_shape(call), DType::kI64); }

template <Aggregate kAggregate>
void reduce_by(const Call& call, std::span<Tensor> out) {
  kernels::reduce(kAggregate, out[0], call.input(), axes_of(call.attributes));
}

void mean_gradient(G& c) {
  const auto n = static_cast<double>(elements_of(c.input_shape(), c.attributes().dims(Key::kAxes)));
  c.set(0, (c.gradient() / n).expand(c.input_shape()));
}

/// All that are equal to the extreme share alike; of NaN, which is equal to none, the gradient is NaN.
void extreme_gradient(G& c) {
  const Dims& axes = c.attributes().dims(Key::kAxes);
  const Tensor chosen = equal(c.input(), c.output());
  c.set(0, c.gradient() * chosen / sum(chosen, axes, Keep::kYes));
}

/// What comes before each element along the last axis, given what comes with it: one further, and `first` to start with.
Tensor one_later(const Tensor& x, double first) {
  Dims by = Dims::filled(x.rank(), 0), back = by;
  by[x.rank() - 1] = 1, back[x.rank() - 1] = -1;
  return pad(x, by, back, first);
}

/// Of each element: the product of those before it times that of those behind it, which holds beside zeros, too.
void prod_gradient(G& c) {
  const Tensor x = c.input();
  const Dims& axes = c.attributes().dims(Key::kAxes);
  if (axes.empty()) return c.set(0, c.gradient());
  Dims order;
  for (int i = 0; i < x.rank(); i++) {
    if (!axes.contains(i)) order.push_back(i);
  }
  const int kept = order.size();
  for (std::int64_t axis : axes) order.push_back(axis);
  const Tensor moved = x.permute(order), flat = moved.flatten(kept);
  const Tensor before = one_later(cumprod(flat, -1), 1), behind = flip(one_later(cumprod(flip(flat, {-1}), -1), 1), {-1});
  c.set(0, c.gradient() * (before * behind).reshape(moved.shape()).permute(inverse_axes(order)));
}

template <bool kDistinct>
void axes_samples(SampleList& list) {
  const auto numbers = [&](const Dims& shape) { return kDistinct ? list.shuffled(shape) * 0.25 - 1 : list.numbers(shape); };
  list.add({numbers({3, 4})}, {{Key::kAxes, Dims{0, 1}}});
  list.add({numbers({2, 3, 4}).permute({2, 0, 1})}, {{Key::kAxes, Dims{1}}});
  list.add({SampleList::strided(numbers({3, 5, 2}))}, {{Key::kAxes, Dims{0, 2}}});
  list.add({numbers({2, 21})}, {{Key::kAxes, Dims{1}}});
  list.add({numbers({21, 2})}, {{Key::kAxes, Dims{0}}});
  list.add({numbers({})}, {{Key::kAxes, Dims{}}});
  list.add({numbers({0, 2})}, {{Key::kAxes, Dims{1}}});
}
void sum_samples(SampleList& list) {
  axes_samples<false>(list);
  list.add({list.numbers({2, 0})}, {{Key::kAxes, Dims{1}}});
  list.add({list.numbers({3, 4}, 0, 9, DType::kU8)}, {{Key::kAxes, Dims{1}}});
}
void prod_samples(SampleList& list) {
  sum_samples(list);
  list.add({list.numbers({3, 4}) * from_values(std::vector<double>{1, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1}, {3, 4})}, {{Key::kAxes, Dims{1}}});
}
void extreme_samples(SampleList& list) {
  axes_samples<true>(list);
  list.add({list.numbers({3, 4}, 0, 3, DType::kI32)}, {{Key::kAxes, Dims{1}}});
}
void index_samples(SampleList& list) {
  for (const std::int64_t axis : {0, 1, 2}) list.add({list.numbers({3, 19, 2}, 0, 5)}, {{Key::kAxis, axis}});
  list.add({SampleList::strided(list.numbers({3, 4}, 0, 2, DType::kBool))}, {{Key::kAxis, 1}});
}

void logical_samples(SampleList& list) {
  list.add({list.numbers({4, 3}, 0, 2, DType::kBool)}, {{Key::kAxes, Dims{1}}});
  list.add({list.numbers({4, 3}, 0, 2, DType::kI16)}, {{Key::kAxes, Dims{0}}});
}

template <Aggregate kAggregate>
constexpr Row reduction(OpId id, std::string_view name, std::string_view onnx, Infer infer, Samples samples, Gradient gradient = nullptr,
                        Saved saved = Saved::kNothing, TypeRule types = TypeRule::kOwn) {
  return row(id, name, onnx, types, infer, reduce_by<kAggregate>, gradient, saved, samples);
}

const Op kRows[] = {
    reduction<Aggregate::kSum>(OpId::kSum, "sum", "ReduceSum", infer_sum, sum_samples,
                               [](G& c) { c.set(0, c.gradient().expand(c.input_shape())); })
        .fast_by([](const Call& call, std::span<Tensor> out) { return kernels::fast_sum(out[0], call.input()); })
        .in(Autocast::kF32),
    reduction<Aggregate::kMean>(OpId::kMean, "mean", "ReduceMean", infer_own, axes_samples<false>, mean_gradient, Saved::kNothing,
                                TypeRule::kFloating)
        .in(Autocast::kF32),
    reduction<Aggregate::kProduct>(OpId::kProd, "prod", "ReduceProd", infer_sum, prod_samples, prod_gradient, Saved::kFirstInput)
        .in(Autocast::kF32),
    reduction<Aggregate::kLargest>(OpId::kMax, "max", "ReduceMax", infer_extreme, extreme_samples, extreme_gradient, Saved::kBoth),
    reduction<Aggregate::kSmallest>(OpId::kMin, "min", "ReduceMin", infer_extreme, extreme_samples, extreme_gradient, Saved::kBoth),
    reduction<Aggregate::kFirstLargest>(OpId::kArgmax, "argmax", "ArgMax", infer_index, index_samples),
    reduction<Aggregate::kFirstSmallest>(OpId::kArgmin, "argmin", "ArgMin", infer_index, index_samples),
    reduction<Aggregate::kAny>(OpId::kAny, "any", "", infer_bool, logical_samples),
    reduction<Aggregate::kAll>(OpId::kAll, "all", "", infer_bool, logical_samples),
};

// ---- functions -------------------------------------------------------------------------------------------------------------------------

Dims checked_axes(const Dims& axes, int rank) {
  Dims checked;
  if (axes.empty()) {
    for (int i = 0; i < rank; i++) checked.push_back(i);
  }
  for (std::int64_t axis : axes) {
    if (rank == 0 && (axis == 0 || axis == -1)) continue;
    const std::int64_t one = checked_axis(axis, rank);
    if (checked.contains(one)) throw Error("axis ", axis, " named twice");
    checked.push_back(one);
  }
  return checked;
}

/// Without the reduced axes, unless they are to stay.
Tensor dropped(const Tensor& reduced, const Dims& axes, Keep keep) {
  if (keep == Keep::kYes || axes.empty()) return reduced;
  Dims left;
  for (int i = 0; i < reduced.rank(); i++) {
    if (!axes.contains(i)) left.push_back(reduced.shape()[i]);
  }
  return reduced.view(left);
}

/// `f(x, axes)` keeps the reduced axes.
template <class F>
Tensor over_axes(std::string_view name, const Operand& x, const Dims& axes, Keep keep, F&& f) {
  return composite(name, x.source(), [&] {
    const Tensor tensor = x.tensor();
    const Dims checked = checked_axes(axes, tensor.rank());
    return dropped(f(tensor, checked), checked, keep);
  });
}

Tensor reduce(OpId id, const Operand& x, const Dims& axes, Keep keep) {
  return over_axes(op(id).name, x, axes, keep, [&](const Tensor& tensor, const Dims& checked) {
    return apply_one(id, {tensor}, {{Key::kAxes, checked}}, x.source());
  });
}

Tensor index_of(OpId id, const Operand& x, int axis, Keep keep) {
  return on_axis(op(id).name, x, axis, [&](const Tensor& lines, std::int64_t one) {
    return dropped(apply_one(id, {lines}, {{Key::kAxis, one}}, x.source()), {one}, keep);
  });
}
Tensor index_of_all(OpId id, const Operand& x) {
  return composite(op(id).name, x.source(), [&] { return index_of(id, x.tensor().flatten(), 0, Keep::kNo); });
}

ValuesAndIndices with_index(OpId id, const Operand& x, int axis, Keep keep) {
  return composite(op(id).name, x.source(), [&]() -> ValuesAndIndices {
    const Tensor tensor = x.tensor();
    const Tensor lines = tensor.rank() == 0 ? tensor.view({1}) : tensor;
    const Tensor index = index_of(id, lines, axis, Keep::kYes), value = gather(lines, axis, index);
    const Dims axes{checked_axis(axis, lines.rank())};
    const Keep line = tensor.rank() == 0 ? Keep::kNo : keep;
    return {dropped(value, axes, line), dropped(index, axes, line)};
  });
}

/// What a result on `x` is computed in f64 and returned in.
DType floating_type(const Tensor& x) { return is_floating(x.dtype()) ? x.dtype() : DType::kF32; }

Tensor variance_of(const Tensor& x, const Dims& axes, double correction) {
  const Tensor wide = x.to(DType::kF64);
  const auto n = static_cast<double>(elements_of(x.shape(), axes));
  return sum(square(wide - mean(wide, axes, Keep::kYes)), axes, Keep::kYes) / std::max(0.0, n - correction);
}

Tensor norm_of(const Tensor& x, double p, const Dims& axes) {
  if (p == 0) return sum(abs(sign(x)), axes, Keep::kYes);  // in the tape, with gradient 0
  const Tensor size = abs(x);
  if (std::isinf(p)) return p > 0 ? max(size, axes, Keep::kYes) : min(size, axes, Keep::kYes);
  if (p == 1) return sum(size, axes, Keep::kYes);
  if (p == 2) return sqrt_of_square(sum(square(x), axes, Keep::kYes));
  const auto power = [&](const Tensor& one) { return pow(one, p); };
  const Tensor total = sum(p > 0 ? flat_at_zero(size, power) : power(size), axes, Keep::kYes);
  const auto root = [&](const Tensor& s) { return pow(s, 1 / p); };
  return p > 0 ? flat_at_zero(total, root) : root(total);
}

}  // namespace

std::span<const Op> reduction_ops() { return kRows; }

Tensor sum(const Operand& x, const Dims& axes, Keep keep) { return reduce(OpId::kSum, x, axes, keep); }
Tensor mean(const Operand& x, const Dims& axes, Keep keep) { return reduce(OpId::kMean, x, axes, keep); }
Tensor prod(const Operand& x, const Dims& axes, Keep keep) { return reduce(OpId::kProd, x, axes, keep); }
Tensor max(const Operand& x, const Dims& axes, Keep keep) { return reduce(OpId::kMax, x, axes, keep); }
Tensor min(const Operand& x, const Dims& axes, Keep keep) { return reduce(OpId::kMin, x, axes, keep); }
Tensor argmax(const Operand& x, int axis, Keep keep) { return index_of(OpId::kArgmax, x, axis, keep); }
Tensor argmin(const Operand& x, int axis, Keep keep) { return index_of(OpId::kArgmin, x, axis, keep); }
Tensor argmax(const Operand& x) { return index_of_all(OpId::kArgmax, x); }
Tensor argmin(const Operand& x) { return index_of_all(OpId::kArgmin, x); }
ValuesAndIndices max_with_index(const Operand& x, int axis, Keep keep) { return with_index(OpId::kArgmax, x, axis, keep); }
ValuesAndIndices min_with_index(const Operand& x, int axis, Keep keep) { return with_index(OpId::kArgmin, x, axis, keep); }
Tensor all(const Operand& x, const Dims& axes, Keep keep) { return reduce(OpId::kAll, x, axes, keep); }
Tensor any(const Operand& x, const Dims& axes, Keep keep) { return reduce(OpId::kAny, x, axes, keep); }

Tensor count_nonzero(const Operand& x, const Dims& axes, Keep keep) {
  return composite("count_nonzero", x.source(), [&] { return sum(not_equal(x, 0), axes, keep); });
}

Tensor nansum(const Operand& x, const Dims& axes, Keep keep) {
  return composite("nansum", x.source(), [&] { return sum(where(is_nan(x), 0, x), axes, keep); });
}

Tensor nanmean(const Operand& x, const Dims& axes, Keep keep) {
  return composite("nanmean", x.source(), [&] {
    const Tensor tensor = x.tensor(), wide = tensor.to(DType::kF64);
    return (nansum(wide, axes, keep) / sum(logical_not(is_nan(wide)), axes, keep)).to(floating_type(tensor));
  });
}

Tensor sum_to(const Operand& x, const Dims& shape) {
  Tensor tensor = x.tensor();
  if (tensor.shape() == shape) return tensor;
  return composite("sum_to", x.source(), [&]() -> Tensor {
    Dims axes;
    const int added = tensor.rank() - shape.size();
    if (added < 0) throw Error("a tensor of shape ", tensor.shape(), " to ", shape);
    for (int i = 0; i < tensor.rank(); i++) {
      if (i < added || (shape[i - added] == 1 && tensor.shape()[i] != 1)) axes.push_back(i);
    }
    return axes.empty() ? tensor.view(shape) : sum(tensor, axes, Keep::kYes).view(shape);
  });
}

Tensor variance(const Operand& x, const Dims& axes, double correction, Keep keep) {
  return over_axes("variance", x, axes, keep, [&](const Tensor& tensor, const Dims& checked) {
    return variance_of(tensor, checked, correction).to(floating_type(tensor));
  });
}

Tensor standard_deviation(const Operand& x, const Dims& axes, double correction, Keep keep) {
  return over_axes("standard_deviation", x, axes, keep, [&](const Tensor& tensor, const Dims& checked) {
    return sqrt_of_square(variance_of(tensor, checked, correction)).to(floating_type(tensor));
  });
}

Tensor norm(const Operand& x, double p, const Dims& axes, Keep keep) {
  return over_axes("norm", x, axes, keep, [&](const Tensor& tensor, const Dims& checked) {
    return norm_of(tensor.to(DType::kF64), p, checked).to(floating_type(tensor));
  });
}

Tensor logsumexp(const Operand& x, const Dims& axes, Keep keep) {
  return over_axes("logsumexp", x, axes, keep, [&](const Tensor& tensor, const Dims& checked) {
    const DType type = floating_type(tensor);
    const Tensor wide = tensor.to(type == DType::kF64 ? DType::kF64 : DType::kF32);
    if (elements_of(tensor.shape(), checked) == 0) return log(sum(wide, checked, Keep::kYes)).to(type);
    const Tensor top = max(wide.detach(), checked, Keep::kYes);
    const Tensor finite = where(abs(top) < INFINITY, top, 0);
    return (log(sum(exp(wide - finite), checked, Keep::kYes)) + finite).to(type);
  });
}

}  // namespace argent::tensor
