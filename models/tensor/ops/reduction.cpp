// Sums and the like over axes.

#include "models/tensor/ops/reduction.h"

#include "models/tensor/apply.h"
#include "models/tensor/gradient_call.h"
#include "models/tensor/op_table.h"
#include "models/tensor/ops.h"
#include "models/tensor/ops/fast_elements.h"
#include "models/tensor/samples.h"
#include "models/tensor/strided.h"

namespace argent::tensor {
namespace {

using G = GradientCall;

/// The shape that is left; reduced axes have size 1.
Dims reduced_shape(const Dims& shape, const Dims& axes) {
  Dims result = shape;
  for (std::int64_t axis : axes) result[static_cast<int>(axis)] = 1;
  return result;
}

/// Rows keep reduced axes with size 1; the functions drop them by a view.
void infer_sum(const Call& call, OutputSpecs& outputs) {
  const DType type = call.input().dtype();
  outputs.add(reduced_shape(call.input().shape(), call.attributes.dims(Key::kAxes)), is_floating(type) ? type : DType::kI64);
}

/// Floating types are summed in f64, so that the order does not matter much; each result by one thread.
void sum_elements(const Call& call, std::span<Tensor> outputs) {
  const Tensor& x = call.input();
  with_type(x.dtype(), [&]<class T>() {
    constexpr bool kReal = is_floating(dtype_of<T>);
    using Sum = std::conditional_t<kReal, double, std::uint64_t>;
    using Out = std::conditional_t<kReal, T, std::int64_t>;
    Dims inner_shape, inner_strides, outer_shape, outer_strides;
    for (int i = 0; i < x.rank(); i++) {
      const bool reduced = call.attributes.dims(Key::kAxes).contains(i);
      (reduced ? inner_shape : outer_shape).push_back(x.shape()[i]);
      (reduced ? inner_strides : outer_strides).push_back(x.strides()[i] * static_cast<std::int64_t>(sizeof(T)));
    }
    const std::int64_t inner_count = inner_shape.count();
    Out* const out = outputs[0].raw_as<Out>();
    const auto work = [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t o = begin; o < end; o++) {
        const std::byte* from = x.raw();
        std::int64_t rest = o;
        for (int axis = outer_shape.size() - 1; axis >= 0; axis--) {
          from += rest % outer_shape[axis] * outer_strides[axis];
          rest /= outer_shape[axis];
        }
        Sum sum = 0;
        const int last = inner_shape.size() - 1;
        const std::int64_t length = last < 0 ? 1 : inner_shape[last], step = last < 0 ? 0 : inner_strides[last];
        for (std::int64_t i = 0; i < inner_count; i += length) {
          const std::byte* run = from;
          rest = i / length;
          for (int axis = last - 1; axis >= 0; axis--) {
            run += rest % inner_shape[axis] * inner_strides[axis];
            rest /= inner_shape[axis];
          }
          for (std::int64_t k = 0; k < length; k++) sum += static_cast<Sum>(*reinterpret_cast<const T*>(run + k * step));
        }
        if constexpr (std::is_same_v<Out, Half> || std::is_same_v<Out, BFloat16>) {
          out[o] = Out(static_cast<float>(sum));
        } else {
          out[o] = static_cast<Out>(sum);
        }
      }
    };
    Context& context = Context::current();
    const std::int64_t count = outputs[0].count();
    parallel_for(context.pool(), x.count() < kParallelElements ? 1 : context.threads(), count,
                 std::max<std::int64_t>(1, kParallelElements / std::max<std::int64_t>(1, inner_count)), work);
  });
}

const Op kRows[] = {
    {.id = OpId::kSum,
     .name = "sum",
     .infer = infer_sum,
     .reference = sum_elements,
     .fast = fast_sum,
     .gradient = [](G& c) { c.set(0, c.gradient().expand(c.input_shape())); },
     .autocast = Autocast::kF32,
     .onnx = "ReduceSum",
     .samples =
         [](SampleList& list) {
           list.add({list.numbers({3, 4}, -1, 1)}, {{Key::kAxes, Dims{0, 1}}});
           list.add({list.numbers({2, 3, 4}, -1, 1).permute({2, 0, 1})}, {{Key::kAxes, Dims{1}}});
           list.add({list.numbers({}, -1, 1)}, {{Key::kAxes, Dims{}}});
           list.add({list.numbers({2, 0}, -1, 1)}, {{Key::kAxes, Dims{1}}});
         }},
};

}  // namespace

std::span<const Op> reduction_ops() { return kRows; }

namespace {

Dims checked_axes(const Dims& axes, int rank) {
  Dims checked;
  if (axes.empty()) {
    for (int i = 0; i < rank; i++) checked.push_back(i);
  }
  for (std::int64_t axis : axes) {
    if (rank == 0 && (axis == 0 || axis == -1)) continue;
    const std::int64_t one = checked_axis(axis, rank);
    if (checked.contains(one)) throw Error("axis " + std::to_string(axis) + " named twice");
    checked.push_back(one);
  }
  return checked;
}

Tensor reduce(OpId id, const Operand& x, const Dims& axes, Keep keep) {
  const Tensor tensor = x.tensor();
  const Dims checked = checked_axes(axes, tensor.rank());
  Tensor result = apply_one(id, {tensor}, {{Key::kAxes, checked}}, x.source());
  if (keep == Keep::kYes || checked.empty()) return result;
  Dims left;
  for (int i = 0; i < tensor.rank(); i++) {
    if (!checked.contains(i)) left.push_back(tensor.shape()[i]);
  }
  return result.view(left, x.source());
}

}  // namespace

Tensor sum(const Operand& x, const Dims& axes, Keep keep) { return reduce(OpId::kSum, x, axes, keep); }

Tensor sum_to(const Operand& x, const Dims& shape) {
  const Tensor tensor = x.tensor();
  if (tensor.shape() == shape) return tensor;
  Dims axes;
  const int added = tensor.rank() - shape.size();
  if (added < 0) throw OpError("sum_to: a tensor of shape " + to_text(tensor.shape()) + " to " + to_text(shape));
  for (int i = 0; i < tensor.rank(); i++) {
    if (i < added || (shape[i - added] == 1 && tensor.shape()[i] != 1)) axes.push_back(i);
  }
  const Tensor summed = axes.empty() ? tensor : sum(Operand(tensor, x.source().file, x.source().line), axes, Keep::kYes);
  return summed.view(shape, x.source());
}

}  // namespace argent::tensor
