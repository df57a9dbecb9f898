// OpInfo's entries that look numbers up, and orders.

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/tensor/ops/sort.h"
#include "tests/models/opinfo/entries.h"

namespace argent::tensor::opinfo {
namespace {

using Tensors = std::vector<Tensor>;

Keep keep_of(A& a, int position = 2) { return a.flag(position, "keepdim", false) ? Keep::kYes : Keep::kNo; }

/// A single number as a row, as torch sees it where an axis is named.
Tensor row(const Tensor& x) { return x.rank() == 0 ? x.view({1}) : x; }
/// `result` of a row in the shape that torch gives.
Tensor unrow(const Tensor& result, const Tensor& x) { return x.rank() == 0 ? result.reshape({}) : result; }
int axis_of(A& a, int position, int otherwise = -1) {
  const auto axis = static_cast<int>(a.integer(position, "dim", otherwise));
  return a.tensor().rank() == 0 ? 0 : axis;
}
Tensors pair(const ValuesAndIndices& found, const Tensor& x) { return {unrow(found.values, x), unrow(found.indices, x)}; }

Order order_of(A& a, int position, const std::string& name, bool otherwise) {
  return a.flag(position, name, otherwise) ? Order::kDescending : Order::kAscending;
}

Tensors sort_entry(A& a) {
  a.flag(-1, "stable", false);
  return pair(sort(row(a.tensor()), axis_of(a, 1), order_of(a, 2, "descending", false)), a.tensor());
}

Tensors topk_entry(A& a) {
  a.flag(4, "sorted", true);
  return pair(topk(row(a.tensor()), a.integer(1), axis_of(a, 2), order_of(a, 3, "largest", true)), a.tensor());
}

Tensors median_entry(A& a) {
  const Keep keep = keep_of(a);
  if (!a.has(1, "dim")) return {median(a.tensor())};
  return pair(median(row(a.tensor()), axis_of(a, 1), keep), a.tensor());
}

Tensor whole_numbers(const nlohmann::json& list) {
  std::vector<double> values;
  for (const nlohmann::json& value : list) {
    if (!value.is_number()) throw Unsupported("an index " + list.dump());
    values.push_back(value.get<double>());
  }
  return from_values(values, {static_cast<std::int64_t>(values.size())}, DType::kI64);
}

/// Reads x[..] written in Python.
Tensor item(A& a) {
  const nlohmann::json& picture = a.json(1);
  Tensor x = a.tensor();
  const std::vector<nlohmann::json> parts =
      picture.is_array() ? picture.get<std::vector<nlohmann::json>>() : std::vector<nlohmann::json>{picture};
  Tensors indices;
  bool lists = false;
  if (std::all_of(parts.begin(), parts.end(), [](const nlohmann::json& part) { return part.is_number_integer(); }) && picture.is_array())
    return index_select(x, 0, whole_numbers(picture));
  for (const nlohmann::json& part : parts) {
    const int axis = static_cast<int>(indices.size());
    if (part.is_number_integer() && !lists) {
      x = x.select(axis, part.get<std::int64_t>());
    } else if (part.is_array()) {
      indices.push_back(whole_numbers(part));
      lists = true;
    } else if (part.is_object() && part.contains("tensor")) {
      indices.push_back(a.tensor_in(part));
      lists = true;
    } else if (part.is_object() && part.contains("ellipsis")) {
      indices.resize(indices.size() + static_cast<std::size_t>(x.rank()) - (parts.size() - 1));
    } else if (part.is_object() && part.contains("slice")) {
      const nlohmann::json& slice = part["slice"];
      const auto bound = [&](std::size_t i, std::int64_t otherwise) {
        return slice[i].is_null() ? otherwise : slice[i].get<std::int64_t>();
      };
      x = x.slice(axis, bound(0, 0), bound(1, std::numeric_limits<std::int64_t>::max()), bound(2, 1));
      indices.emplace_back();
    } else {
      throw Unsupported("an index " + part.dump());
    }
  }
  return lists ? index(x, indices) : x;
}

Tensor index_add_entry(A& a) {
  const Tensor source = a.has(-1, "alpha") ? a.tensor(3) * a.operand(-1, "alpha") : a.tensor(3);
  return unrow(index_add(row(a.tensor()), axis_of(a, 1), row(a.tensor(2)), row(source)), a.tensor());
}

Tensor masked_scatter_entry(A& a) {
  const Dims shape = broadcast(a.tensor().shape(), a.tensor(1).shape());
  const Tensor mask = a.tensor(1).expand(shape).contiguous();
  const std::int64_t count = sum(mask).item_integer();
  return index_put(a.tensor().expand(shape).contiguous(), std::span(&mask, 1), a.tensor(2).flatten().slice(0, 0, count));
}

/// The flattened numbers of a tensor at the places of another.
Tensors nonzero_entry(A& a) {
  const Tensor found = nonzero(a.tensor());
  if (!a.flag(-1, "as_tuple", false)) return {found};
  const Tensor axes = a.tensor().rank() == 0 ? nonzero(a.tensor().view({1})) : found;
  Tensors result;
  for (int i = 0; i < static_cast<int>(axes.size(1)); i++) result.push_back(axes.select(1, i));
  return result;
}

/// Torch has gradients for numbers that others have replaced.
bool repeats(const Tensor& index) {
  std::vector<double> values = index.dtype() == DType::kBool ? std::vector<double>{} : index.values();
  std::sort(values.begin(), values.end());
  return std::adjacent_find(values.begin(), values.end()) != values.end();
}

Insert insert_of(A& a) {
  const bool behind = a.flag(-1, "right", false) || a.text(-1, "side", "left") == "right";
  return behind ? Insert::kBehind : Insert::kBefore;
}
Tensor as_asked(A& a, const Tensor& places) { return a.flag(-1, "out_int32", false) ? places.to(DType::kI32) : places; }

Tensor repeated(A& a) {
  const Tensor x = a.has(-1, "dim") ? a.tensor() : a.tensor().flatten();
  const int axis = static_cast<int>(a.integer(-1, "dim", 0));
  std::vector<double> places;
  for (std::int64_t i = 0; i < x.size(axis); i++) {
    const bool list = a.is_tensor(1, "repeats");
    const Tensor times = list ? a.tensor(1, "repeats") : Tensor();
    const std::int64_t count =
        list ? (times.count() == 1 ? times.item_integer() : times.select(0, i).item_integer()) : a.integer(1, "repeats");
    places.insert(places.end(), static_cast<std::size_t>(count), static_cast<double>(i));
  }
  return index_select(x, axis, from_values(places, {static_cast<std::int64_t>(places.size())}, DType::kI64));
}

/// Windows of `size` along an axis, `step` apart, as a new last axis.
Tensor windows(A& a) {
  const Tensor x = row(a.tensor());
  const int axis = checked_axis(axis_of(a, 1), x.rank());
  const std::int64_t size = a.integer(2), step = a.integer(3), count = (x.size(axis) - size) / step + 1;
  Tensors found;
  for (std::int64_t i = 0; i < count; i++) found.push_back(x.slice(axis, i * step, i * step + size));
  const Tensor all = stack(found, axis);  // [.., count, size, ..]
  Dims order;
  for (int i = 0; i < all.rank(); i++) {
    if (i != axis + 1) order.push_back(i);
  }
  order.push_back(axis + 1);
  const Tensor result = all.permute(order);
  return a.tensor().rank() == 0 ? result.reshape({size}) : result;
}

Tensor one_quantile(A& a, double q, const std::string& between, Keep keep) {
  const bool all = !a.has(2, "dim") || a.tensor().rank() == 0;
  const Tensor x = all ? a.tensor().flatten() : a.tensor();
  const int axis = all ? 0 : static_cast<int>(a.integer(2, "dim"));
  Tensor found;
  if (between == "linear") {
    found = quantile(x, q, axis, Keep::kYes);
  } else {
    const Tensor sorted = sort(x, axis).values;
    const double place = q * static_cast<double>(x.size(axis) - 1);
    const auto at = [&](double index) {
      return sorted.slice(axis, static_cast<std::int64_t>(index), static_cast<std::int64_t>(index) + 1);
    };
    found = (at(std::floor(place)) + at(std::ceil(place))) * 0.5;
  }
  if (!all) return keep == Keep::kYes ? found : found.squeeze(axis);
  return found.reshape(keep == Keep::kYes ? Dims::filled(a.tensor().rank(), 1) : Dims{});
}

Tensor quantile_entry(A& a) {
  const std::string between = a.text(-1, "interpolation", "linear");
  if (between != "linear" && between != "midpoint") throw Unsupported("a quantile by " + between);
  const Keep keep = a.flag(3, "keepdim", false) ? Keep::kYes : Keep::kNo;
  if (!a.is_tensor(1, "q")) return one_quantile(a, a.number(1, "q", 0.5), between, keep);
  if (a.tensor(1, "q").requires_grad()) throw Unsupported("the gradient of a quantile's place");
  const Tensor q = a.tensor(1, "q");
  Tensors found;
  for (double value : q.values()) found.push_back(one_quantile(a, value, between, keep));
  return q.rank() == 0 ? found[0] : stack(found, 0);
}

Tensor diagonal_scattered(A& a) {
  const Tensor copy = a.tensor().contiguous().clone();
  Tensor piece =
      diagonal(copy, a.integer(2, "offset", 0), static_cast<int>(a.integer(3, "dim1", 0)), static_cast<int>(a.integer(4, "dim2", 1)));
  if (!piece.shares_storage_with(copy)) throw Unsupported("a diagonal that is no view");
  piece.assign(a.tensor(1));
  return copy;
}

/// The numbers at indices along the axis in position 1, or 2 after a count.
Tensor look(A& a, const Tensor& indices, int axis_position) {
  const Tensor x = row(a.tensor());
  const int axis = checked_axis(axis_of(a, axis_position), x.rank());
  Tensor places = a.tensor().rank() == 0 ? indices.view({1}) : indices;
  if (places.rank() < x.rank()) places = places.unsqueeze(axis);
  return gather(x, axis, places);
}
Entry with_ties(Entry entry, int axis_position) {
  entry.look = [axis_position](A& a, const Tensor& indices) { return look(a, indices, axis_position); };
  return entry;
}

template <class F>
Tensor on_rows(A& a, F&& f) {
  const Tensor index = row(a.tensor(2));
  return unrow(f(row(a.tensor()), axis_of(a, 1), index), a.tensor());
}

std::vector<Entry> lookups() {
  return {
      {"__getitem__", item},
      {"gather",
       [](A& a) {
         if (a.tensor().rank() != a.tensor(2).rank() && a.tensor().rank() * a.tensor(2).rank() != 0)
           throw Unsupported("indices of another rank, of which there are none");
         const Tensor found = gather(row(a.tensor()), axis_of(a, 1), row(a.tensor(2)));
         return a.tensor(2).rank() == 0 ? found.reshape({}) : found;
       }},
      {"scatter",
       [](A& a) {
         return on_rows(a, [&](const Tensor& x, int axis, const Tensor& index) {
           return a.is_tensor(3) ? scatter(x, axis, index, row(a.tensor(3))) : scatter(x, axis, index, a.operand(3));
         });
       }},
      {"scatter_add",
       [](A& a) {
         return on_rows(a, [&](const Tensor& x, int axis, const Tensor& index) { return scatter_add(x, axis, index, row(a.tensor(3))); });
       }},
      {"scatter_reduce:sum",
       [](A& a) {
         a.text(4, "reduce", "sum");
         const bool include = a.flag(-1, "include_self", true);
         return on_rows(a, [&](const Tensor& x, int axis, const Tensor& index) {
           const Tensor start = include ? x : scatter(x, axis, index, 0);
           return scatter_add(start, axis, index, row(a.tensor(3)));
         });
       }},
      {"index_select",
       [](A& a) { return on_rows(a, [](const Tensor& x, int axis, const Tensor& index) { return index_select(x, axis, index); }); }},
      {"index_add", index_add_entry},
      {"index_copy",
       [](A& a) {
         return on_rows(a, [&](const Tensor& x, int axis, const Tensor& index) { return index_copy(x, axis, index, row(a.tensor(3))); });
       }},
      {"index_fill",
       [](A& a) {
         return on_rows(a, [&](const Tensor& x, int axis, const Tensor& index) { return index_fill(x, axis, index, a.operand(3)); });
       }},
      {"index_put",
       [](A& a) {
         const Meeting meeting = a.flag(3, "accumulate", false) ? Meeting::kAdd : Meeting::kLastWins;
         if (meeting == Meeting::kLastWins && repeats(a.tensors(1)[0])) throw Unsupported("places that several numbers are put to");
         return index_put(a.tensor(), a.tensors(1), a.tensor(2), meeting);
       }},
      {"take", [](A& a) { return take(a.tensor(), a.tensor(1)); }},
      {"take_along_dim",
       [](A& a) {
         if (a.has(2, "dim")) {
           const int axis = checked_axis(axis_of(a, 2), a.tensor().rank());
           Dims of_x = a.tensor().shape(), of_index = a.tensor(1).shape();
           of_x[axis] = of_index[axis] = 1;
           const Dims rest = broadcast(of_x, of_index);
           of_x = of_index = rest;
           of_x[axis] = a.tensor().size(axis);
           of_index[axis] = a.tensor(1).size(axis);
           return gather(a.tensor().expand(of_x), axis, a.tensor(1).expand(of_index));
         }
         return gather(a.tensor().flatten(), 0, a.tensor(1).flatten());
       }},
      {"masked_select", [](A& a) { return masked_select(a.tensor(), a.tensor(1)); }},
      {"masked_fill",
       [](A& a) {
         const Dims shape = broadcast(a.tensor().shape(), a.tensor(1).shape());
         return masked_fill(a.tensor().expand(shape), a.tensor(1), a.operand(2));
       }},
      {"masked_scatter", masked_scatter_entry},
      {"nonzero", nonzero_entry},
      {"argwhere", [](A& a) { return nonzero(a.tensor()); }},
      {"nn.functional.embedding",
       [](A& a) {
         for (const char* other : {"padding_idx", "max_norm", "scale_grad_by_freq", "sparse"}) {
           if (a.has(-1, other)) throw Unsupported(std::string("an embedding with ") + other);
         }
         Dims shape = a.tensor(1).shape();
         shape.push_back(a.tensor().size(1));
         return index_select(a.tensor(), 0, a.tensor(1).flatten()).view(shape);
       }},
      {"nn.functional.one_hot",
       [](A& a) {
         const std::int64_t given = a.integer(1, "num_classes", -1);
         return one_hot(a.tensor(), given >= 0 ? given : max(a.tensor()).item_integer() + 1);
       }},
      {"repeat_interleave", repeated},
      {"unfold", windows},
  };
}

std::vector<Entry> orders_and_diagonals() {
  return {
      with_ties({"sort", sort_entry}, 1),
      {"msort", [](A& a) { return sort(a.tensor(), 0).values; }},
      with_ties({"argsort",
                 [](A& a) {
                   a.flag(-1, "stable", false);
                   return unrow(argsort(row(a.tensor()), axis_of(a, 1), order_of(a, 2, "descending", false)), a.tensor());
                 }},
                1),
      with_ties({"topk", topk_entry}, 2),
      with_ties({"kthvalue",
                 [](A& a) {
                   const Keep keep = keep_of(a, 3);
                   return pair(kthvalue(row(a.tensor()), a.integer(1), axis_of(a, 2), keep), a.tensor());
                 }},
                2),
      with_ties({"median", median_entry}, 1),
      with_ties({"nanmedian", median_entry}, 1),  // the samples have no NaN
      {"quantile", quantile_entry, Made::kHere},
      {"nanquantile", quantile_entry, Made::kHere},
      {"searchsorted",
       [](A& a) {
         const Tensor sorted = a.tensor();
         if (a.has(-1, "sorter")) {
           const Tensor places = a.tensor(-1, "sorter");
           return as_asked(a, searchsorted(gather(sorted, -1, places), a.tensor(1), insert_of(a)));
         }
         return as_asked(a, searchsorted(sorted, a.operand(1), insert_of(a)));
       }},
      {"bucketize", [](A& a) { return as_asked(a, bucketize(a.operand(), a.tensor(1), insert_of(a))); }},
      {"diag", [](A& a) { return diag(a.tensor(), a.integer(1, "diagonal", 0)); }},
      {"diag_embed",
       [](A& a) {
         return diag_embed(a.tensor(), a.integer(1, "offset", 0), static_cast<int>(a.integer(2, "dim1", -2)),
                           static_cast<int>(a.integer(3, "dim2", -1)));
       }},
      {"diagflat", [](A& a) { return diag(a.tensor().flatten(), a.integer(1, "offset", 0)); }},
      {"diagonal_scatter", diagonal_scattered},
      {"trace", [](A& a) { return matrix_trace(a.tensor()); }},
      {"tril", [](A& a) { return tril(a.tensor(), a.integer(1, "diagonal", 0)); }},
      {"triu", [](A& a) { return triu(a.tensor(), a.integer(1, "diagonal", 0)); }},
      {"diagonal",
       [](A& a) {
         return diagonal(a.tensor(), a.integer(1, "offset", 0), static_cast<int>(a.integer(2, "dim1", 0)),
                         static_cast<int>(a.integer(3, "dim2", 1)));
       }},
  };
}

}  // namespace

std::vector<Entry> index_entries() {
  std::vector<Entry> entries = lookups();
  for (Entry& entry : orders_and_diagonals()) entries.push_back(entry);
  return entries;
}

}  // namespace argent::tensor::opinfo
