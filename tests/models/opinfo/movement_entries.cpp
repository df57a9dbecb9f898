// OpInfo's entries that move numbers and change none.

#include <limits>
#include <numeric>

#include "models/tensor/apply.h"
#include "tests/models/opinfo/entries.h"

namespace argent::tensor::opinfo {
namespace {

using Tensors = std::vector<Tensor>;
constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();

int axis_of(A& a, int position, int otherwise = 0, const std::string& name = "dim") {
  return static_cast<int>(a.integer(position, name, otherwise));
}

Tensor with_axis(const Tensor& x, int rank) {
  Tensor t = x;
  while (t.rank() < rank) t = t.unsqueeze(0);
  return t;
}

/// Rank 0 and 1 become a row or a plane, as torch.atleast_xd.
Tensor at_least(const Tensor& x, int rank) {
  if (x.rank() >= rank) return x;
  if (rank == 3) return x.rank() == 2 ? x.unsqueeze(2) : at_least(x, 2).unsqueeze(2);
  return with_axis(x, rank);
}
template <int kRank>
Tensors at_least_entry(A& a) {
  Tensors result;
  for (const Tensor& x : a.all_tensors()) result.push_back(at_least(x, kRank));
  return result;
}

Tensors cut(const Tensor& x, const Dims& ends, int axis) {
  Tensors result;
  std::int64_t start = 0;
  for (std::int64_t end : ends) {
    result.push_back(x.slice(axis, start, end));
    start = end < 0 ? end + x.size(axis) : end;
  }
  result.push_back(x.slice(axis, start, x.size(axis)));
  return result;
}
Dims equal_parts(std::int64_t size, std::int64_t parts) {
  Dims ends;
  std::int64_t end = 0;
  for (std::int64_t i = 0; i + 1 < parts; i++) ends.push_back(end += size / parts + (i < size % parts ? 1 : 0));
  return ends;
}

Tensors pieces(const Tensor& x, std::int64_t size, int axis) {
  return x.size(axis) == 0 ? Tensors{x.slice(axis, 0, 0)} : split(x, std::max<std::int64_t>(size, 1), axis);
}

Tensors split_entry(A& a) {
  const int axis = axis_of(a, 2);
  if (!a.is_list(1)) return pieces(a.tensor(), a.integer(1), axis);
  Tensors result;
  std::int64_t start = 0;
  for (std::int64_t size : a.dims(1)) {
    result.push_back(a.tensor().slice(axis, start, start + size));
    start += size;
  }
  return result;
}

Tensors chunk_entry(A& a) {
  const int axis = axis_of(a, 2);
  const std::int64_t size = a.tensor().size(axis), parts = a.integer(1);
  return pieces(a.tensor(), (size + parts - 1) / parts, axis);
}

Dims whole_numbers(const Tensor& x) {
  Dims result;
  for (double value : x.values()) result.push_back(static_cast<std::int64_t>(value));
  return result;
}

Tensors cut_along(A& a, int axis) {
  if (a.is_tensor(1)) {
    const Tensor& at = a.tensor(1);
    return at.rank() == 0 ? cut(a.tensor(), equal_parts(a.tensor().size(axis), at.item_integer()), axis)
                          : cut(a.tensor(), whole_numbers(at), axis);
  }
  if (a.is_list(1)) return cut(a.tensor(), a.dims(1), axis);
  return cut(a.tensor(), equal_parts(a.tensor().size(axis), a.integer(1)), axis);
}

Tensors unbind_entry(A& a) {
  const int axis = axis_of(a, 1);
  Tensors result;
  for (std::int64_t i = 0; i < a.tensor().size(axis); i++) result.push_back(a.tensor().select(axis, i));
  return result;
}

Tensor rotate(A& a) {
  const Tensor x = a.tensor();
  const std::int64_t times = ((a.integer(1, "k", 1) % 4) + 4) % 4;
  const Dims axes = a.has(2, "dims") ? a.dims(2, "dims") : Dims{0, 1};
  const auto first = static_cast<int>(axes[0]), second = static_cast<int>(axes[1]);
  if (times == 0) return x.clone();
  if (times == 2) return flip(x, {first, second});
  return times == 1 ? flip(x, {second}).transpose(first, second) : flip(x, {first}).transpose(first, second);
}

Tensor roll_entry(A& a) {
  const Dims shifts = a.dims(1, "shifts");
  if (!a.has(2, "dims")) return roll(a.tensor().flatten(), shifts[0], 0).view(a.tensor().shape());
  const Dims axes = a.dims(2, "dims");
  Tensor x = a.tensor();
  for (int i = 0; i < axes.size(); i++) x = roll(x, shifts[i], static_cast<int>(axes[i]));
  return x;
}

Tensor tile_entry(A& a) {
  Dims times = a.all_dims(1, "dims");
  while (times.size() < a.tensor().rank()) times.insert(0, 1);
  return repeat(a.tensor(), times);
}

Tensor move_axes(A& a) {
  const Dims from = a.dims(1, "source"), to = a.dims(2, "destination");
  const int rank = a.tensor().rank();
  Dims order = Dims::filled(rank, -1);
  Dims moved;
  for (int i = 0; i < from.size(); i++) {
    order[checked_axis(to[i], rank)] = checked_axis(from[i], rank);
    moved.push_back(checked_axis(from[i], rank));
  }
  std::int64_t next = 0;
  for (std::int64_t& place : order) {
    if (place >= 0) continue;
    while (moved.contains(next)) next++;
    place = next++;
  }
  return a.tensor().permute(order);
}

/// Torch lets a single number have an axis.
Tensor swapped(const Tensor& x, int a, int b) { return x.rank() == 0 ? x : x.transpose(a, b); }

Tensor reversed(const Tensor& x) {
  Dims order;
  for (int i = x.rank() - 1; i >= 0; i--) order.push_back(i);
  return x.permute(order);
}

Tensor unflatten(A& a) {
  const Tensor x = a.tensor();
  const int axis = checked_axis(a.integer(1), x.rank());
  Dims shape = x.shape(), sizes = a.dims(2);
  std::int64_t known = 1;
  for (std::int64_t size : sizes) known *= size < 0 ? 1 : size;
  shape.erase(axis);
  for (int i = 0; i < sizes.size(); i++) shape.insert(axis + i, sizes[i] < 0 ? x.size(axis) / known : sizes[i]);
  return x.view(shape);
}

Tensors meshgrid(A& a) {
  Tensors axes = a.all_tensors(), result;
  const bool swap = a.text(-1, "indexing", "ij") == "xy" && axes.size() > 1;
  if (swap) std::swap(axes[0], axes[1]);
  Dims shape;
  for (Tensor& x : axes) shape.push_back(x.count());
  for (std::size_t i = 0; i < axes.size(); i++) {
    Dims own = Dims::filled(shape.size(), 1);
    own[static_cast<int>(i)] = axes[i].count();
    result.push_back(axes[i].view(own).expand(shape));
  }
  if (swap) std::swap(result[0], result[1]);
  return result;
}

Tensor stack_along(const Tensors& given, int rank, int axis, int axis_of_rows) {
  Tensors raised;
  bool rows = true;
  for (const Tensor& x : given) {
    raised.push_back(at_least(x, rank));
    rows = rows && raised.back().rank() == 1;
  }
  return concat(raised, rows ? axis_of_rows : axis);
}

Tensor concat_entry(A& a) {
  Tensors pieces;
  const Tensors given = a.all_tensors();
  int rank = 0;
  for (const Tensor& x : given) rank = std::max(rank, x.rank());
  for (const Tensor& x : given) {
    if (x.rank() != 1 || x.count() != 0 || rank == 1) pieces.push_back(x);  // torch lets an empty row stand beside anything
  }
  return concat(pieces, axis_of(a, 1));
}

Tensor difference(A& a) {
  const int axis = axis_of(a, 2, -1);
  Tensors parts;
  for (const int i : {3, 0, 4}) {
    if (a.has(i, i == 3 ? "prepend" : "append")) parts.push_back(a.tensor(i));
  }
  const std::int64_t times = a.integer(1, "n", 1);
  if (times == 0) return a.tensor().clone();
  Tensor x = parts.size() == 1 ? parts[0] : concat(parts, axis);
  for (std::int64_t i = 0; i < times; i++) {
    const Tensor after = x.slice(axis, 1, kEnd), before = x.slice(axis, 0, std::max<std::int64_t>(x.size(axis) - 1, 0));
    x = x.dtype() == DType::kBool ? logical_xor(after, before) : after - before;
  }
  return x;
}

Tensor pad_entry(A& a, int value_position) {
  const Tensor x = a.tensor();
  const Dims pairs = a.dims(1, "pad");
  Dims before = Dims::filled(x.rank(), 0), after = before;
  for (int i = 0; i + 1 < pairs.size(); i += 2) {
    before[x.rank() - 1 - i / 2] = pairs[i];
    after[x.rank() - 1 - i / 2] = pairs[i + 1];
  }
  return pad(x, before, after, a.number(value_position, "value", 0));
}

Tensor squeeze_entry(A& a) {
  if (a.has(1, "dim")) return a.tensor().rank() == 0 ? a.tensor() : a.tensor().squeeze(axis_of(a, 1));
  Tensor x = a.tensor();
  for (int i = x.rank() - 1; i >= 0; i--) x = x.squeeze(i);
  return x;
}

/// A copy whose piece is the other's.
template <class Piece>
Tensor scattered(const Tensor& x, const Tensor& source, Piece&& piece) {
  Tensor copy = x.clone();
  piece(copy).assign(source);
  return copy;
}

Tensor like(A& a, double value) {
  for (const char* ignored : {"device", "layout", "memory_format", "requires_grad", "pin_memory"}) a.has(-1, ignored);
  return full(a.tensor().shape(), value, a.dtype(-1, "dtype", a.tensor().dtype()));
}

std::vector<Entry> views() {
  return {
      {"permute", [](A& a) { return a.tensor().permute(a.all_dims(1, "dims")); }},
      {"reshape", [](A& a) { return a.tensor().reshape(a.all_dims(1, "shape")); }},
      {"reshape_as", [](A& a) { return a.tensor().reshape(a.tensor(1).shape()); }},
      {"view", [](A& a) { return a.tensor().reshape(a.all_dims(1)); }},
      {"view_as", [](A& a) { return a.tensor().reshape(a.tensor(1).shape()); }},
      {"expand", [](A& a) { return a.tensor().expand(a.all_dims(1)); }},
      {"expand_as", [](A& a) { return a.tensor().expand(a.tensor(1).shape()); }},
      {"broadcast_to", [](A& a) { return a.tensor().expand(a.all_dims(1)); }},
      {"broadcast_tensors",
       [](A& a) {
         Tensors tensors = a.all_tensors();
         Dims shape;
         for (const Tensor& x : tensors) shape = broadcast(shape, x.shape());
         for (Tensor& x : tensors) x = x.expand(shape);
         return tensors;
       }},
      {"narrow",
       [](A& a) {
         const std::int64_t start = a.is_tensor(2) ? a.tensor(2).item_integer() : a.integer(2);
         return a.tensor().slice(axis_of(a, 1), start, start + a.integer(3));
       }},
      {"narrow_copy", [](A& a) { return a.tensor().slice(axis_of(a, 1), a.integer(2), a.integer(2) + a.integer(3)).clone(); }},
      {"select", [](A& a) { return a.tensor().select(axis_of(a, 1), a.integer(2)); }},
      {"slice",
       [](A& a) { return a.tensor().slice(axis_of(a, 1), a.integer(2, "start", 0), a.integer(3, "end", kEnd), a.integer(4, "step", 1)); }},
      {"squeeze", squeeze_entry},
      {"unsqueeze", [](A& a) { return a.tensor().unsqueeze(axis_of(a, 1)); }},
      {"transpose", [](A& a) { return swapped(a.tensor(), axis_of(a, 1, 0, "dim0"), axis_of(a, 2, 0, "dim1")); }},
      {"T", [](A& a) { return reversed(a.tensor()); }},
      {"H", [](A& a) { return reversed(a.tensor()); }},
      {"t", [](A& a) { return reversed(a.tensor()); }},
      {"mT", [](A& a) { return swapped(a.tensor(), -1, -2); }},
      {"mH", [](A& a) { return swapped(a.tensor(), -1, -2); }},
      {"movedim", move_axes},
      {"flatten", [](A& a) { return a.tensor().flatten(axis_of(a, 1, 0, "start_dim"), axis_of(a, 2, -1, "end_dim")); }},
      {"unflatten", unflatten},
      {"ravel", [](A& a) { return a.tensor().flatten(); }},
      {"atleast_1d", at_least_entry<1>},
      {"atleast_2d", at_least_entry<2>},
      {"atleast_3d", at_least_entry<3>},
      {"split", split_entry},
      {"split:list_args", split_entry},
      {"split_with_sizes", split_entry},
      {"chunk", chunk_entry},
      {"tensor_split", [](A& a) { return cut_along(a, axis_of(a, 2)); }},
      {"hsplit", [](A& a) { return cut_along(a, a.tensor().rank() == 1 ? 0 : 1); }},
      {"vsplit", [](A& a) { return cut_along(a, 0); }},
      {"dsplit", [](A& a) { return cut_along(a, 2); }},
      {"unbind", unbind_entry},
      {"meshgrid:variadic_tensors", meshgrid},
      {"meshgrid:list_of_tensors", meshgrid},
  };
}

std::vector<Entry> copies() {
  return {
      {"flip", [](A& a) { return flip(a.tensor(), a.dims(1, "dims")); }},
      {"fliplr", [](A& a) { return flip(a.tensor(), {1}); }},
      {"flipud", [](A& a) { return flip(a.tensor(), {0}); }},
      {"roll", roll_entry},
      {"rot90", rotate},
      {"repeat", [](A& a) { return repeat(a.tensor(), a.all_dims(1)); }},
      {"tile", tile_entry},
      {"stack", [](A& a) { return stack(a.tensors(), axis_of(a, 1)); }},
      {"cat", concat_entry},
      {"hstack", [](A& a) { return stack_along(a.all_tensors(), 1, 1, 0); }},
      {"vstack", [](A& a) { return stack_along(a.all_tensors(), 2, 0, 0); }},
      {"dstack", [](A& a) { return stack_along(a.all_tensors(), 3, 2, 2); }},
      {"column_stack",
       [](A& a) {
         Tensors columns = a.all_tensors();
         for (Tensor& x : columns) x = x.rank() < 2 ? x.reshape({x.count(), 1}) : x;
         return concat(columns, 1);
       }},
      {"clone", [](A& a) { return a.tensor().clone(); }},
      {"contiguous", [](A& a) { return a.tensor().contiguous(); }},
      {"constant_pad_nd", [](A& a) { return pad_entry(a, 2); }},
      {"nn.functional.pad:constant",
       [](A& a) {
         a.text(2, "mode", "constant");
         return pad_entry(a, 3);
       }},
      {"diff", difference, Made::kHere},
      {"select_scatter",
       [](A& a) { return scattered(a.tensor(), a.tensor(1), [&](const Tensor& x) { return x.select(axis_of(a, 2), a.integer(3)); }); }},
      {"slice_scatter",
       [](A& a) {
         return scattered(a.tensor(), a.tensor(1), [&](const Tensor& x) {
           return x.slice(axis_of(a, 2), a.integer(3, "start", 0), a.integer(4, "end", kEnd), a.integer(5, "step", 1));
         });
       }},
      {"as_strided",
       [](A& a) {
         const Tensor x = a.tensor().contiguous();
         return apply_one(OpId::kAsStrided, {x},
                          {{Key::kShape, a.dims(1)},
                           {Key::kStrides, a.dims(2)},
                           {Key::kOffset, a.integer(3, "storage_offset", 0)},
                           {Key::kBaseStrides, x.strides()}},
                          {});
       }},
      {"zeros_like", [](A& a) { return like(a, 0); }},
      {"ones_like", [](A& a) { return like(a, 1); }},
      {"full_like", [](A& a) { return like(a, a.number(1, "fill_value", 0)); }},
      {"sum_to_size",
       [](A& a) {
         if (a.tensor().dtype() == DType::kBool) throw Unsupported("an integer as the sum of one bool");
         return sum_to(a.tensor(), a.all_dims(1));
       }},
  };
}

}  // namespace

std::vector<Entry> movement_entries() {
  std::vector<Entry> entries = views();
  for (Entry& entry : copies()) entries.push_back(entry);
  return entries;
}

}  // namespace argent::tensor::opinfo
