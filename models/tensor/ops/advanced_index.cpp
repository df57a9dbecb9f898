// Indices of several axes at once, and masks.

#include "models/tensor/ops.h"
#include "models/tensor/ops/composite.h"
#include "models/tensor/ops/index_operands.h"

namespace argent::tensor {
namespace {

/// Indices of several axes as one of the first axis of a tensor whose indexed axes were moved to the front and joined.
struct Indexed {
  Dims order;    ///< of x's axes: indexed ones, then the rest
  Dims moved;    ///< x's shape in that order
  Tensor lines;  ///< x in that order, [elements of the indexed axes, rest...]
  Tensor flat;   ///< i64, rank 1
  Dims shape;    ///< of the broadcast indices
  Dims rest;
  int place = 0;  ///< of their axes in the result

  Dims result() const {
    Dims all = rest;
    for (int i = 0; i < shape.size(); i++) all.insert(place + i, shape[i]);
    return all;
  }
  /// Brings a result's axes into the order of (indices, rest).
  Dims to_front() const {
    Dims axes;
    for (int i = 0; i < shape.size(); i++) axes.push_back(place + i);
    for (int i = 0; i < rest.size(); i++) axes.push_back(i < place ? i : i + shape.size());
    return axes;
  }
};

/// Indices one an axis: masks become the coordinates of what they choose.
std::vector<Tensor> without_masks(const Tensor& x, std::span<const Tensor> indices) {
  std::vector<Tensor> plain;
  for (const Tensor& index : indices) {
    const auto axis = static_cast<int>(plain.size());
    if (!index.defined() || index.dtype() != DType::kBool) {
      plain.push_back(index.defined() ? as_indices(index) : index);
    } else {
      Dims axes;
      for (int i = axis; i < std::min(x.rank(), axis + index.rank()); i++) axes.push_back(x.shape()[i]);
      if (index.rank() == 0 || !(axes == index.shape()))
        throw Error("a mask of shape ", index.shape(), " for axes ", axes, " of ", x.shape());
      const Tensor places = nonzero(index);
      for (int i = 0; i < index.rank(); i++) plain.push_back(places.select(1, i));
    }
  }
  if (static_cast<int>(plain.size()) > x.rank()) throw Error(plain.size(), " indices for a tensor of shape ", x.shape());
  plain.resize(static_cast<std::size_t>(x.rank()));
  return plain;
}

Indexed flattened(const Tensor& x, std::span<const Tensor> indices) {
  const std::vector<Tensor> plain = without_masks(x, indices);
  Indexed result;
  Dims free;
  std::int64_t elements = 1;
  for (int i = 0; i < x.rank(); i++) {
    const Tensor& index = plain[static_cast<std::size_t>(i)];
    if (!index.defined()) {
      free.push_back(i), result.rest.push_back(x.shape()[i]);
      continue;
    }
    result.order.push_back(i);
    result.shape = broadcast(result.shape, index.shape());
    elements *= x.shape()[i];
  }
  if (result.order.empty()) throw Error("no index");
  const bool neighbors = result.order.back() - result.order[0] < result.order.size();
  result.place = neighbors ? static_cast<int>(result.order[0]) : 0;
  for (std::int64_t axis : result.order) {
    const std::int64_t size = x.shape()[static_cast<int>(axis)];
    const Tensor at = apply_one(OpId::kWrapIndex, {plain[static_cast<std::size_t>(axis)]}, {{Key::kCount, size}}, {});
    result.flat = result.flat.defined() ? result.flat * size + at : at;
  }
  result.flat = result.flat.expand(result.shape).reshape({result.shape.count()});
  for (std::int64_t axis : free) result.order.push_back(axis);
  Dims lines = result.rest;
  lines.insert(0, elements);
  const Tensor moved = x.permute(result.order);
  result.moved = moved.shape();
  result.lines = moved.reshape(lines);
  return result;
}

}  // namespace

Tensor index(const Operand& x, std::span<const Tensor> indices) {
  return composite("index", x.source(), [&] {
    const Indexed at = flattened(x.tensor(), indices);
    Dims shape = at.shape;
    for (std::int64_t size : at.rest) shape.push_back(size);
    return index_select(at.lines, 0, at.flat).view(shape).permute(inverse_axes(at.to_front()));
  });
}
Tensor index(const Operand& x, std::initializer_list<Tensor> indices) { return index(x, std::span(indices.begin(), indices.size())); }

Tensor index_put(const Operand& x, std::span<const Tensor> indices, const Operand& value, Meeting meeting) {
  return composite("index_put", x.source(), [&] {
    const Tensor whole = x.tensor();
    const Indexed at = flattened(whole, indices);
    Dims parts = at.rest;
    parts.insert(0, at.flat.count());
    const Tensor source = beside(value, whole.dtype()).expand(at.result()).permute(at.to_front()).reshape(parts);
    const Tensor lines =
        meeting == Meeting::kAdd ? index_add(at.lines, 0, at.flat, source) : scatter(at.lines, 0, spread(at.flat, parts, 0), source);
    return lines.reshape(at.moved).permute(inverse_axes(at.order));
  });
}

Tensor index_assign(Tensor x, std::initializer_list<Tensor> indices, const Operand& value) {
  return composite("index_assign", value.source(),
                   [&] { return x.assign(index_put(x, std::span(indices.begin(), indices.size()), value)); });
}

Tensor nonzero(const Operand& x) { return apply_one(OpId::kNonzero, {x.tensor()}, x.source()); }

Tensor masked_select(const Operand& x, const Tensor& mask) {
  return composite("masked_select", x.source(), [&] {
    const Tensor tensor = x.tensor();
    const Dims shape = broadcast(tensor.shape(), mask.shape());
    if (mask.dtype() != DType::kBool) throw Error("a mask of type ", mask.dtype(), ", expected bool");
    const Tensor places = nonzero(mask.expand(shape).flatten());
    return index_select(tensor.expand(shape).flatten(), 0, places.select(1, 0));
  });
}

Tensor masked_fill(const Operand& x, const Tensor& mask, const Operand& value) {
  return composite("masked_fill", x.source(), [&] {
    const Tensor tensor = x.tensor();
    return where(mask, beside(value, tensor.dtype()), tensor);
  });
}

Tensor mask_assign(Tensor x, const Tensor& mask, const Operand& value) {
  return composite("mask_assign", value.source(), [&] {
    const Tensor source = beside(value, x.dtype());
    if (source.rank() > 0) return index_assign(x, {mask}, source);
    Dims shape = mask.shape();
    while (shape.size() < x.rank()) shape.push_back(1);
    for (int i = 0; i < mask.rank(); i++) {
      if (mask.rank() > x.rank() || mask.shape()[i] != x.shape()[i])
        throw Error("a mask of shape ", mask.shape(), " for a tensor of shape ", x.shape());
    }
    return x.assign(where(mask.reshape(shape), source, x));
  });
}

}  // namespace argent::tensor
