// Random numbers by key and counter.

#include "models/tensor/ops/random.h"

#include <limits>
#include <utility>

#include "models/kernels/element_loops.h"
#include "models/tensor/apply.h"
#include "models/tensor/autograd.h"
#include "models/tensor/op_table.h"
#include "models/tensor/ops.h"
#include "models/tensor/ops/wide.h"
#include "models/tensor/philox.h"
#include "models/tensor/samples.h"

namespace argent::tensor {
namespace {

void infer_random(const Call& call, OutputSpecs& outputs) {
  const Tensor& state = call.input();
  const Dims& shape = call.attributes.dims(Key::kShape);
  const DType type = call.attributes.dtype(Key::kDType);
  if (state.dtype() != DType::kI64 || !(state.shape() == Dims{2}))
    throw Error("a state of type " + std::string(name_of(state.dtype())) + " and shape " + to_text(state.shape()) +
                ", expected i64 {key, counter}");
  if (!is_floating(type)) throw Error("is not defined for " + std::string(name_of(type)));
  double count = 1;
  for (std::int64_t size : shape) {
    count *= static_cast<double>(size);
    if (size < 0 || count > std::numeric_limits<std::int32_t>::max()) throw Error("numbers of shape " + to_text(shape));
  }
  outputs.add(shape, type);
}

using Bits = std::array<std::uint32_t, 4>;

/// Element i is draw(bits of block i / kPerBlock, i % kPerBlock).
template <class T, std::int64_t kPerBlock, class Draw>
void fill_blocks(const Tensor& state, const Tensor& output, Draw&& draw) {
  const auto* const words = state.raw_as<std::int64_t>();
  const auto key = static_cast<std::uint64_t>(words[0]), counter = static_cast<std::uint64_t>(words[state.strides()[0]]);
  T* const out = output.raw_as<T>();
  Context& context = Context::current();
  const std::int64_t count = output.count(), blocks = (count + kPerBlock - 1) / kPerBlock;
  parallel_for(context.pool(), count < kParallelElements ? 1 : context.threads(), blocks, kParallelElements / 8,
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t block = begin; block < end; block++) {
                   const Bits bits = philox(key, static_cast<std::uint64_t>(block), counter);
                   for (std::int64_t i = 0; i < kPerBlock && block * kPerBlock + i < count; i++)
                     out[block * kPerBlock + i] = static_cast<T>(draw(bits, static_cast<std::size_t>(i)));
                 }
               });
}

/// 0 <= u < 1, as many of the bits as the type holds, so that none rounds to 1.
template <class T>
auto unit(const Bits& bits, std::size_t i) {
  if constexpr (std::is_same_v<T, double>) {
    const std::uint64_t word = std::uint64_t{bits[2 * i]} << 32 | bits[2 * i + 1];
    return static_cast<double>(word >> 11) * 0x1p-53;
  } else {
    constexpr int kDigits = std::is_same_v<T, Half> ? 11 : std::is_same_v<T, BFloat16> ? 8 : 24;
    return static_cast<float>(bits[i] >> (32 - kDigits)) / static_cast<float>(1 << kDigits);
  }
}

void fill_uniform(const Call& call, std::span<Tensor> outputs) {
  with_type_of<Domain::kFloating>(outputs[0].dtype(), [&]<class T>() {
    fill_blocks<T, std::is_same_v<T, double> ? 2 : 4>(call.input(), outputs[0],
                                                      [](const Bits& bits, std::size_t i) { return unit<T>(bits, i); });
  });
}

void fill_normal(const Call& call, std::span<Tensor> outputs) {
  with_type_of<Domain::kFloating>(outputs[0].dtype(), [&]<class T>() {
    fill_blocks<T, 4>(call.input(), outputs[0], [](const Bits& bits, std::size_t i) {
      return static_cast<Computed<T>>(normal_pair(bits[i & 2U], bits[i | 1U])[i & 1U]);
    });
  });
}

void random_samples(SampleList& list) {
  const Tensor state = list.numbers({2}, 0, 1000, DType::kI64);
  for (const DType type : {DType::kF64, DType::kF32, DType::kF16, DType::kBF16})
    list.add({state}, {{Key::kShape, Dims{3, 5}}, {Key::kDType, type}});
  list.add({state}, {{Key::kShape, Dims{40000}}, {Key::kDType, DType::kF32}});
  list.add({state}, {{Key::kShape, Dims{}}, {Key::kDType, DType::kF32}});
  list.add({state}, {{Key::kShape, Dims{2, 0}}, {Key::kDType, DType::kF32}});
}

constexpr Op random_row(OpId id, std::string_view name, void (*fill)(const Call&, std::span<Tensor>), std::string_view onnx) {
  return {.id = id, .name = name, .infer = infer_random, .reference = fill, .onnx = onnx, .samples = random_samples};
}

const Op kRows[] = {
    random_row(OpId::kRandomUniform, "random_uniform", fill_uniform, "RandomUniform"),
    random_row(OpId::kRandomNormal, "random_normal", fill_normal, "RandomNormal"),
};

Tensor draw(OpId id, Generator& generator, const Dims& shape, DType type, Source at) {
  return apply_one(id, {generator.next()}, {{Key::kShape, shape}, {Key::kDType, type}}, at);
}

}  // namespace

std::span<const Op> random_ops() { return kRows; }

Generator::Generator(std::uint64_t key, std::uint64_t counter) : state_(empty({2}, DType::kI64)) {
  state_.raw_as<std::uint64_t>()[0] = key;
  state_.raw_as<std::uint64_t>()[1] = counter;
}

Generator::Generator(const Tensor& state) : state_(state) {
  if (state.dtype() != DType::kI64 || !(state.shape() == Dims{2}))
    throw OpError("generator: a state of type " + std::string(name_of(state.dtype())) + " and shape " + to_text(state.shape()) +
                  ", expected i64 {key, counter}");
}

Tensor Generator::next() {
  Tensor now = state_.clone();
  state_.slice(0, 1, 2) += 1;
  return now;
}

Tensor uniform(Generator& generator, const Dims& shape, double low, double high, DType type, Source at) {
  const SourceScope scope(source_in_scope(at));
  const Tensor unit = draw(OpId::kRandomUniform, generator, shape, type, at);
  return low == 0 && high == 1 ? unit : unit * (high - low) + low;
}

Tensor normal(Generator& generator, const Dims& shape, double mean, double standard_deviation, DType type, Source at) {
  const SourceScope scope(source_in_scope(at));
  const Tensor standard = draw(OpId::kRandomNormal, generator, shape, type, at);
  return mean == 0 && standard_deviation == 1 ? standard : standard * standard_deviation + mean;
}

Tensor integers(Generator& generator, const Dims& shape, std::int64_t low, std::int64_t high, Source at) {
  const SourceScope scope(source_in_scope(at));
  const double range = static_cast<double>(high) - static_cast<double>(low);
  if (!(range >= 1 && range <= 0x1p53))
    throw OpError("integers: from " + std::to_string(low) + " to " + std::to_string(high) + ", expected 1 to 2^53 different ones");
  return floor(draw(OpId::kRandomUniform, generator, shape, DType::kF64, at) * range).to(DType::kI64) + low;
}

Tensor bernoulli(Generator& generator, const Operand& probability) {
  const SourceScope scope(source_in_scope(probability.source()));
  const Tensor p = probability.tensor();
  return (uniform(generator, p.shape(), 0, 1, is_floating(p.dtype()) ? p.dtype() : DType::kF32) < p).to(p.dtype());
}

Tensor permutation(Generator& generator, std::int64_t n) {
  Tensor order = arange(n);
  const Tensor random = uniform(generator, {n}, 0, 1, DType::kF64);
  const double* const u = random.data<double>();
  auto* const values = order.mutable_data<std::int64_t>();
  // Fisher and Yates 1938, in Durstenfeld's form.
  for (std::int64_t i = n - 1; i > 0; i--) std::swap(values[i], values[static_cast<std::int64_t>(u[i] * static_cast<double>(i + 1))]);
  return order;
}

Tensor dropout(const Operand& operand, double p, Generator& generator) {
  if (!(p >= 0 && p < 1)) throw OpError("dropout: a probability of " + std::to_string(p) + ", expected at least 0 and below 1");
  const WideScope scope(operand);
  const Tensor x = scope.widen(operand);
  const Tensor kept = uniform(generator, x.shape()) >= p;
  return scope.narrow(where(kept, x * (1 / (1 - p)), 0));
}

}  // namespace argent::tensor
