#include "models/tensor/apply.h"

#include <cmath>
#include <limits>
#include <utility>

#include "models/tensor/autograd.h"
#include "models/tensor/node.h"
#include "models/tensor/operand.h"
#include "models/tensor/tracer.h"

namespace argent::tensor {
namespace {

constexpr int kNoAutocast = -1;
constexpr std::int64_t kMostElements = std::numeric_limits<std::int32_t>::max();

constinit thread_local bool finite_check = false;
constinit thread_local int autocast_type = kNoAutocast;
constinit thread_local bool reference_only = false;
constinit thread_local Source source_override;
thread_local OpObserver observer;

/// PyTorch's rule: tensors with axes decide; a single number raises the type only to a higher kind.
DType common_type(std::span<const Tensor> inputs) {
  bool any[2] = {false, false};
  DType types[2] = {DType::kBool, DType::kBool};  // of tensors with axes, of single numbers
  for (const Tensor& input : inputs) {
    const int i = input.rank() == 0 ? 1 : 0;
    types[i] = any[i] ? promote(types[i], input.dtype()) : input.dtype();
    any[i] = true;
  }
  if (!any[0]) return types[1];
  return any[1] && kind_of(types[1]) > kind_of(types[0]) ? promote(types[0], types[1]) : types[0];
}

/// The type that `input` is to have under autocast.
DType autocast_for(const Op& row, DType type) {
  const auto low = static_cast<DType>(autocast_type);
  if (row.autocast == Autocast::kLow && (type == DType::kF32 || type == DType::kF16 || type == DType::kBF16)) return low;
  if (row.autocast == Autocast::kF32 && (type == DType::kF16 || type == DType::kBF16)) return DType::kF32;
  return type;
}

/// The inputs in the types that they are to have. Empty: as they are.
std::vector<Tensor> converted(const Op& row, std::span<const Tensor> inputs, Source source) {
  std::vector<Tensor> result;
  const auto convert = [&](std::size_t i, DType type) {
    const Tensor& input = result.empty() ? inputs[i] : result[i];
    if (input.dtype() == type) return;
    if (result.empty()) result.assign(inputs.begin(), inputs.end());
    result[i] = result[i].to(type, source);
  };
  if (autocast_type != kNoAutocast && row.id != OpId::kCast && !row.view && !row.writes) {
    for (std::size_t i = 0; i < inputs.size(); i++) convert(i, autocast_for(row, inputs[i].dtype()));
  }
  if (row.types != TypeRule::kOwn) {
    DType type = common_type(result.empty() ? inputs : result);
    if (row.types == TypeRule::kFloating && !is_floating(type)) type = DType::kF32;
    for (std::size_t i = 0; i < inputs.size(); i++) convert(i, type);
  }
  return result;
}

Tensor make_view(const Call& call) {
  const Tensor& input = call.input();
  const std::optional<ViewSpec> spec = call.op.view(call);
  if (!spec) throw Error("the strides of a tensor of shape ", input.shape(), " do not allow it without a copy");
  Ref<TensorState> state(new TensorState);
  state->storage = input.state()->storage;
  state->offset = input.state()->offset + spec->offset;
  state->shape = spec->shape;
  state->strides = spec->strides;
  state->dtype = input.dtype();
  if (call.op.id != OpId::kDetach) {
    state->base = input.state()->base ? input.state()->base : input.reference();
    state->gradient_version = state->storage->version();
    state->made_without_gradients = !gradients_enabled();
  }
  return Tensor(std::move(state));
}

void check_finite(std::span<Tensor> outputs) {
  for (const Tensor& output : outputs) {
    if (!is_floating(output.dtype())) continue;
    for (double value : read_values(output)) {
      if (!std::isfinite(value)) throw Error("a result of shape ", output.shape(), " holds ", (std::isnan(value) ? "NaN" : "an infinity"));
    }
  }
}

Outputs run(const Op& row, std::span<const Tensor> given, const Attributes& attributes, Source source) {
  for (const Tensor& input : given) {
    if (!input.defined()) throw Error("an input is an undefined tensor");
  }
  const std::vector<Tensor> conversions = converted(row, given, source);
  const Call call{row, conversions.empty() ? given : std::span<const Tensor>(conversions), attributes};
  Tracer* tracer = Tracer::active();
  if (tracer != nullptr && !row.capture_safe) throw Error("the shape of its result depends on values, which a graph can't hold");
  if (tracer != nullptr) tracer->see(call.inputs);

  Outputs outputs;
  if (row.writes) {
    check_write(call.inputs[0], call.inputs[1]);
    outputs.add(call.inputs[0]);
    compute(call, outputs.span());
    call.inputs[0].state()->storage->written();
    if (tracer != nullptr) tracer->record(call, outputs.span(), source);
    record_write(call.inputs[0], call.inputs[1], source);
  } else if (row.view != nullptr) {
    outputs.add(make_view(call));
    if (tracer != nullptr) tracer->record(call, outputs.span(), source);
    record(call, outputs.span(), source);
  } else {
    OutputSpecs specs;
    row.infer(call, specs);
    for (int i = 0; i < specs.size(); i++) outputs.add(empty(specs[i].shape, specs[i].dtype, specs[i].strides));
    compute(call, outputs.span());
    if (tracer != nullptr) tracer->record(call, outputs.span(), source);  // first, so that what the tape saves is known to the trace
    record(call, outputs.span(), source);
  }
  if (finite_check) check_finite(outputs.span());
  if (observer) observer(row, call.inputs, source);
  return outputs;
}

}  // namespace

void compute(const Call& call, std::span<Tensor> outputs) {
  for (const Tensor& input : call.inputs) {
    if (input.count() > kMostElements) throw Error(input.shape(), " has more than 2^31 - 1 elements");
  }
  if (!reference_only && call.op.fast != nullptr && call.op.fast(call, outputs)) return;
  call.op.reference(call, outputs);
}

Outputs apply(OpId id, std::span<const Tensor> inputs, const Attributes& attributes, Source source) {
  source = source_in_scope(source);
  const Op& row = op(id);
  try {
    return run(row, inputs, attributes, source);
  } catch (const OpError&) {
    throw;  // from an operation within, which has said its name
  } catch (const Error& error) {
    throw_named(row.name, error, source);
  }
}

void throw_named(std::string_view name, const Error& error, Source source) {
  const std::string where = source_in_scope(source).text();
  throw OpError(name, ": ", error.what(), (where.empty() ? "" : " (" + where + ")"));
}

Tensor apply_one(OpId id, std::initializer_list<Tensor> inputs, const Attributes& attributes, Source source) {
  return std::move(apply(id, std::span(inputs.begin(), inputs.size()), attributes, source)[0]);
}

Tensor apply_one(OpId id, std::initializer_list<Tensor> inputs, Source source) {
  static const Attributes none;
  return apply_one(id, inputs, none, source);
}

FiniteCheck::FiniteCheck() : scope_(finite_check, true) {}
ReferenceKernels::ReferenceKernels() : scope_(reference_only, true) {}

AutocastScope::AutocastScope(DType low) : scope_(autocast_type, static_cast<int>(low)) {
  if (low != DType::kF16 && low != DType::kBF16) throw Error("autocast to ", low, ", expected f16 or bf16");
}
bool autocast_is_on() { return autocast_type != kNoAutocast; }

SourceScope::SourceScope(Source source) : scope_(source_override, source_in_scope(source)) {}
Source source_in_scope(Source given) { return source_override.file != nullptr ? source_override : given; }

OpObserver observe_operations(OpObserver next) { return std::exchange(observer, std::move(next)); }

std::string Source::text() const {
  if (file == nullptr) return {};
  const std::string_view path = file;
  return std::string(path.substr(path.rfind('/') + 1)) + ":" + std::to_string(line);
}

}  // namespace argent::tensor
