#include "models/tensor/tensor.h"

#include <cmath>
#include <limits>

#include "models/kernels/array.h"
#include "models/tensor/autograd.h"
#include "models/tensor/node.h"
#include "models/tensor/tracer.h"

namespace argent::tensor {
namespace {

/// Sizes are checked before memory is taken.
std::size_t checked_bytes(const Dims& shape, DType type) {
  std::int64_t count = 1;
  for (std::int64_t size : shape) {
    if (size < 0 || __builtin_mul_overflow(count, std::max<std::int64_t>(1, size), &count))
      throw Error("a tensor of shape ", shape, " can't be");
  }
  constexpr std::int64_t kMost = std::int64_t{1} << 40;
  if (count > kMost) throw Error("a tensor of shape ", shape, " has more than 2^40 elements");
  return shape.contains(0) ? 0 : static_cast<std::size_t>(count) * size_of(type);
}

/// Dense in the order of `order`'s axes, the last the fastest; axes of size 1 may have any stride.
template <class Order>
bool is_dense(const TensorState& state, Order order) {
  std::int64_t expected = 1;
  for (int i = state.shape.size() - 1; i >= 0; i--) {
    const int axis = order(i);
    if (state.shape[axis] == 0) return true;
    if (state.shape[axis] != 1 && state.strides[axis] != expected) return false;
    expected *= state.shape[axis];
  }
  return true;
}

double as_double(const std::byte* element, DType type) {
  return with_type(type, [&]<class T>() { return static_cast<double>(*reinterpret_cast<const T*>(element)); });
}

}  // namespace

Tensor::operator kernels::Array() const { return {raw(), shape(), strides(), dtype()}; }

bool Tensor::is_contiguous() const {
  return is_dense(*state_, [](int i) { return i; });
}

bool Tensor::is_channels_last() const {
  const int rank = this->rank();
  if (rank < 3) return false;
  return is_dense(*state_, [rank](int i) { return i == 0 ? 0 : i == rank - 1 ? 1 : i + 1; });
}

const std::byte* Tensor::readable(DType type) const {
  if (dtype() != type) throw Error("a tensor of type ", dtype(), " read as ", type);
  if (const Tracer* tracer = Tracer::active(); tracer != nullptr && tracer->follows(*this))
    throw Error("trace: the function looks at the numbers of a tensor of shape ", shape(), ", which a graph can't follow");
  return raw();
}

std::byte* Tensor::writable(DType type) {
  readable(type);
  state_->storage->written();
  return raw();
}

std::vector<double> read_values(const Tensor& tensor) {
  std::vector<double> values;
  values.reserve(static_cast<std::size_t>(tensor.count()));
  const Dims& shape = tensor.shape();
  const std::int64_t count = shape.count();
  for (std::int64_t i = 0; i < count; i++) {
    std::int64_t rest = i, offset = 0;
    for (int axis = shape.size() - 1; axis >= 0; axis--) {
      offset += rest % shape[axis] * tensor.strides()[axis];
      rest /= shape[axis];
    }
    values.push_back(as_double(tensor.raw() + offset * static_cast<std::int64_t>(size_of(tensor.dtype())), tensor.dtype()));
  }
  return values;
}

std::vector<double> Tensor::values() const {
  readable(dtype());
  return read_values(*this);
}

double Tensor::item() const {
  if (count() != 1) throw Error("item of a tensor of shape ", shape(), ", expected one element");
  return as_double(readable(dtype()), dtype());
}

std::int64_t Tensor::item_integer() const {
  if (count() != 1) throw Error("item of a tensor of shape ", shape(), ", expected one element");
  const std::byte* element = readable(dtype());
  return with_type(dtype(), [&]<class T>() { return static_cast<std::int64_t>(*reinterpret_cast<const T*>(element)); });
}

// ---- gradients -------------------------------------------------------------------------------------------------------------------------

bool Tensor::requires_grad() const {
  const auto& gradient = state_->gradient;
  if (gradient && gradient->requires_grad) return true;
  return static_cast<bool>(edge_of(*this).node);
}

Tensor& Tensor::requires_grad(bool wanted) {
  if (wanted && !is_floating(dtype())) throw Error("a gradient of a tensor of type ", dtype());
  if (!is_leaf()) throw Error("requires_grad is set on leaves; this one was computed");
  gradient_state(*this).requires_grad = wanted;
  return *this;
}

bool Tensor::is_leaf() const {
  const Edge edge = edge_of(*this);
  return !edge.node || edge.node->leaf.defined();
}

Tensor Tensor::grad() const { return state_->gradient ? state_->gradient->grad : Tensor(); }
void Tensor::set_grad(const Tensor& gradient) { gradient_state(*this).grad = gradient; }
void Tensor::backward() const { tensor::backward(std::span(this, 1)); }

void Tensor::on_gradient(GradientHook hook) const {
  const Edge edge = edge_of(*this);
  if (!edge.node) throw Error("a hook on a tensor that requires no gradient");
  if (edge.node->leaf.defined()) {
    gradient_state(edge.node->leaf).hooks.push_back(std::move(hook));
  } else {
    edge.node->outputs[static_cast<std::size_t>(edge.output)].hooks.push_back(std::move(hook));
  }
}

// ---- tensors from nothing --------------------------------------------------------------------------------------------------------------

Tensor empty(const Dims& shape, DType type, const Dims& strides) {
  Ref<TensorState> state(new TensorState);
  state->storage = Storage::allocate(checked_bytes(shape, type));
  state->shape = shape;
  state->strides = strides.empty() ? contiguous_strides(shape) : strides;
  state->dtype = type;
  return Tensor(std::move(state));
}

Tensor full(const Dims& shape, double value, DType type) {
  Tensor tensor = empty(shape, type);
  with_type(type, [&]<class T>() { std::fill_n(tensor.raw_as<T>(), tensor.count(), static_cast<T>(value)); });
  return tensor;
}

Tensor zeros(const Dims& shape, DType type) { return full(shape, 0, type); }
Tensor ones(const Dims& shape, DType type) { return full(shape, 1, type); }

Tensor arange(std::int64_t count, DType type, double start, double step) {
  if (count < 0) throw Error("arange of ", count, " elements");
  Tensor tensor = empty({count}, type);
  with_type(type, [&]<class T>() {
    for (std::int64_t i = 0; i < count; i++) tensor.raw_as<T>()[i] = static_cast<T>(start + static_cast<double>(i) * step);
  });
  return tensor;
}

Tensor from_values(std::span<const double> values, const Dims& shape, DType type) {
  if (static_cast<std::int64_t>(values.size()) != shape.count()) throw Error(values.size(), " values for a tensor of shape ", shape);
  Tensor tensor = empty(shape, type);
  with_type(type, [&]<class T>() {
    for (std::size_t i = 0; i < values.size(); i++) tensor.raw_as<T>()[i] = static_cast<T>(values[i]);
  });
  return tensor;
}

Tensor from_values(std::initializer_list<double> values, DType type) {
  return from_values(std::span(values.begin(), values.size()), {static_cast<std::int64_t>(values.size())}, type);
}

Tensor from_memory(void* data, const Dims& shape, DType type, const Dims& strides, std::shared_ptr<const void> owner) {
  const std::size_t bytes = checked_bytes(shape, type);
  if (data == nullptr && bytes != 0) throw Error("a tensor around no memory");
  if (!strides.empty() && strides.size() != shape.size()) throw Error(strides.size(), " strides for a shape of ", shape);
  Ref<TensorState> state(new TensorState);
  state->storage = Storage::around(data, bytes, std::move(owner));
  state->shape = shape;
  state->strides = strides.empty() ? contiguous_strides(shape) : strides;
  state->dtype = type;
  return Tensor(std::move(state));
}

}  // namespace argent::tensor
