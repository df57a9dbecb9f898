#include "models/kernels/sort.h"

#include <vector>

#include "models/kernels/copy_elements.h"
#include "models/kernels/element_loops.h"
#include "models/kernels/lines.h"

namespace argent::kernels {
namespace {

template <class T>
struct Entry {
  Computed<T> value;
  std::int32_t index;
};

/// NaN is larger than everything.
template <class V>
bool below(V a, V b) {
  return a < b || (b != b && a == a);
}

/// The first k of a line in order.
template <class T>
void order_line(std::vector<Entry<T>>& entries, std::int64_t k, Order order) {
  const auto before = [order](const Entry<T>& a, const Entry<T>& b) {
    const auto &low = order == Order::kAscending ? a : b, &high = order == Order::kAscending ? b : a;
    if (below(low.value, high.value)) return true;
    return !below(high.value, low.value) && a.index < b.index;
  };
  const auto end = entries.begin() + static_cast<std::ptrdiff_t>(k);
  if (4 * k < static_cast<std::int64_t>(entries.size())) {
    std::partial_sort(entries.begin(), end, entries.end(), before);
  } else {
    std::sort(entries.begin(), entries.end(), before);
  }
}

}  // namespace

void sort(const Array& values, const Array& indices, const Array& x, int axis, Order order) {
  const std::int64_t n = x.shape()[axis], k = values.shape()[axis];
  with_type(x.dtype(), [&]<class T>() {
    for_each_line(x.shape(), axis, Lines<3>{x, values, indices}, [&](const auto& data, const auto& step) {
      std::vector<Entry<T>> entries(static_cast<std::size_t>(n));
      for (std::int64_t i = 0; i < n; i++)
        entries[static_cast<std::size_t>(i)] = {load<T>(data[0] + i * step[0]), static_cast<std::int32_t>(i)};
      order_line<T>(entries, k, order);
      for (std::int64_t i = 0; i < k; i++) {
        store<T>(data[1] + i * step[1], entries[static_cast<std::size_t>(i)].value);
        store<std::int64_t>(data[2] + i * step[2], entries[static_cast<std::size_t>(i)].index);
      }
    });
  });
}

void search(const Array& out, const Array& sorted, const Array& values, Insert insert) {
  const std::int64_t m = sorted.shape().back(), n = values.shape().back();
  // A line for each of the values': one line alone is walked again and again.
  Dims shape = values.shape(), strides = sorted.strides();
  shape[shape.size() - 1] = m;
  while (strides.size() < shape.size()) strides.insert(0, 0);
  with_type(values.dtype(), [&]<class T>() {
    const Lines<3> lines{window(sorted, shape, strides, 0), values, out};
    for_each_line(values.shape(), values.rank() - 1, lines, [&](const auto& data, const auto& step) {
      for (std::int64_t i = 0; i < n; i++) {
        const Computed<T> value = load<T>(data[1] + i * step[1]);
        std::int64_t first = 0, end = m;
        while (first < end) {
          const std::int64_t middle = (first + end) / 2;
          const Computed<T> edge = load<T>(data[0] + middle * step[0]);
          const bool further = insert == Insert::kBehind ? !below(value, edge) : below(edge, value);
          (further ? first : end) = further ? middle + 1 : middle;
        }
        store<std::int64_t>(data[2] + i * step[2], first);
      }
    });
  });
}

}  // namespace argent::kernels
