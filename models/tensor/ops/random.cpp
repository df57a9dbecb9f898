// Random numbers by key and counter.

#include "models/tensor/ops/random.h"

#include <limits>
#include <utility>

#include "models/kernels/random.h"
#include "models/tensor/ops/rows.h"
#include "models/tensor/ops/wide.h"

namespace argent::tensor {
namespace {

/// What is wrong with a generator's state; empty: nothing.
std::string mismatch(const Tensor& state) {
  if (state.dtype() == DType::kI64 && state.shape() == Dims{2}) return {};
  return "a state of type " + to_text(state.dtype()) + " and shape " + to_text(state.shape()) + ", expected i64 {key, counter}";
}

void infer_random(const Call& call, OutputSpecs& outputs) {
  const Tensor& state = call.input();
  const Dims& shape = call.attributes.dims(Key::kShape);
  const DType type = call.attributes.dtype(Key::kDType);
  if (const std::string wrong = mismatch(state); !wrong.empty()) throw Error(wrong);
  if (!is_floating(type)) throw Error("is not defined for ", type);
  double count = 1;
  for (std::int64_t size : shape) {
    count *= static_cast<double>(size);
    if (size < 0 || count > std::numeric_limits<std::int32_t>::max()) throw Error("numbers of shape ", shape);
  }
  outputs.add(shape, type);
}

void random_samples(SampleList& list) {
  const Tensor state = list.numbers({2}, 0, 1000, DType::kI64);
  const auto add = [&](const Dims& shape, DType type) { list.add({state}, {{Key::kShape, shape}, {Key::kDType, type}}); };
  for (const DType type : {DType::kF64, DType::kF32, DType::kF16, DType::kBF16}) add({3, 5}, type);
  for (const Dims& shape : {Dims{40000}, Dims{}, Dims{2, 0}}) add(shape, DType::kF32);
}

template <auto kFill>
constexpr Op random_row(OpId id, std::string_view name, std::string_view onnx) {
  return row(
      id, name, onnx, TypeRule::kOwn, infer_random, [](const Call& call, std::span<Tensor> out) { kFill(out[0], call.input()); }, nullptr,
      Saved::kNothing, random_samples);
}

const Op kRows[] = {
    random_row<kernels::fill_uniform>(OpId::kRandomUniform, "random_uniform", "RandomUniform"),
    random_row<kernels::fill_normal>(OpId::kRandomNormal, "random_normal", "RandomNormal"),
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
  if (const std::string wrong = mismatch(state); !wrong.empty()) throw OpError("generator: ", wrong);
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
  if (!(range >= 1 && range <= 0x1p53)) throw OpError("integers: from ", low, " to ", high, ", expected 1 to 2^53 different ones");
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
  if (!(p >= 0 && p < 1)) throw OpError("dropout: a probability of ", p, ", expected at least 0 and below 1");
  const WideScope scope(operand);
  const Tensor x = scope.widen(operand);
  const Tensor kept = uniform(generator, x.shape()) >= p;
  return scope.narrow(where(kept, x * (1 / (1 - p)), 0));
}

}  // namespace argent::tensor
