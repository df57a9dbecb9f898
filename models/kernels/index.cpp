#include "models/kernels/index.h"

#include "models/kernels/copy_elements.h"
#include "models/kernels/element_loops.h"
#include "models/kernels/lines.h"
#include "models/kernels/scratch.h"

namespace argent::kernels {
namespace {

[[noreturn]] void throw_outside(std::int64_t index, std::int64_t size) { throw Error("index ", index, " of an axis of size ", size); }
/// The index that lies at `at`, counted from the start.
std::int64_t wrapped(const std::byte* at, std::int64_t size) {
  const std::int64_t index = load<std::int64_t>(at), from_start = index < 0 ? index + size : index;
  if (static_cast<std::uint64_t>(from_start) >= static_cast<std::uint64_t>(size)) throw_outside(index, size);
  return from_start;
}

template <class T>
void copy_one(std::byte* to, const std::byte* from) {
  *reinterpret_cast<T*>(to) = *reinterpret_cast<const T*>(from);
}

/// Calls f(chosen, other) for each element of `index`: the element of `x` that it names and the one of `other` in its own place.
template <class F>
void for_each_index(const Array& x, const Array& index, const Array& other, int axis, F&& f) {
  const std::int64_t n = index.shape()[axis], size = x.shape()[axis];
  for_each_line(index.shape(), axis, Lines<3>{index, x, other}, [&](const auto& data, const auto& step) {
    for (std::int64_t i = 0; i < n; i++) f(data[1] + wrapped(data[0] + i * step[0], size) * step[1], data[2] + i * step[2]);
  });
}

/// Calls `f.operator()<T, Total>(total)` with x as an array that is added to, Total its type: f64 for the floating ones; what it has become
/// goes to `out`.
template <class F>
void accumulate(const Array& out, const Array& x, F&& f) {
  with_type(x.dtype(), [&]<class T>() {
    if constexpr (!is_floating(dtype_of<T>()) || std::is_same_v<T, double>) {
      copy_elements(out, x);
      f.template operator()<T, T>(out);
    } else {
      Scratch<double> sums(Context::current().pool(), x.count());
      const Dims strides = contiguous_strides(x.shape());
      const Array total(sums.data(), x.shape(), strides, DType::kF64);
      for_each_run(strided_bytes(total, x), [](const auto& data, const auto& step, std::int64_t n) {
        for (std::int64_t i = 0; i < n; i++) store<double>(data[0] + i * step[0], load<T>(data[1] + i * step[1]));
      });
      f.template operator()<T, double>(total);
      for_each_run(strided_bytes(out, total), [](const auto& data, const auto& step, std::int64_t n) {
        for (std::int64_t i = 0; i < n; i++) store<T>(data[0] + i * step[0], load<double>(data[1] + i * step[1]));
      });
    }
  });
}

template <class T, class Total>
void add_to(std::byte* total, const std::byte* value) {
  if constexpr (std::is_same_v<Total, bool>)
    store<bool>(total, load<bool>(total) || load<bool>(value));
  else if constexpr (std::is_integral_v<Total>)
    store<Total>(total, static_cast<std::uint64_t>(load<Total>(total)) + static_cast<std::uint64_t>(load<T>(value)));
  else
    store<Total>(total, load<Total>(total) + static_cast<Total>(load<T>(value)));
}

/// Calls `run(data, steps, n)` for stretches that together pair slice index[i] of `whole` with slice i of `part`.
template <class Run>
void for_each_slice(const Array& whole, const Array& part, const Array& index, int axis, Run&& run) {
  const std::int64_t n = part.shape()[axis], size = whole.shape()[axis];
  const auto index_of_slice = [&](std::int64_t i) { return wrapped(index.raw() + i * index.strides()[0] * 8, size); };
  StridedBytes<2> inner{{}, {}, {}}, outer{{}, {}, {}};
  const auto whole_bytes = static_cast<std::int64_t>(size_of(whole.dtype())), part_bytes = static_cast<std::int64_t>(size_of(part.dtype()));
  for (int i = 0; i < part.rank(); i++) {
    if (i == axis) continue;
    StridedBytes<2>& of = i < axis ? outer : inner;
    of.shape.push_back(part.shape()[i]);
    of.strides[0].push_back(whole.strides()[i] * whole_bytes);
    of.strides[1].push_back(part.strides()[i] * part_bytes);
  }
  if (part.count() == 0) {
    for (std::int64_t i = 0; i < n; i++) index_of_slice(i);
    return;
  }
  inner.simplify();
  const int last = inner.shape.size() - 1;
  const std::int64_t length = inner.shape[last], runs = inner.shape.count() / length;
  const std::array<std::int64_t, 2> steps{inner.strides[0][last], inner.strides[1][last]};
  const auto place = [](const StridedBytes<2>& axes, int count, std::int64_t k, std::array<std::byte*, 2>& data) {
    for (int i = count - 1; i >= 0; i--) {
      for (std::size_t t = 0; t < 2; t++) data[t] += k % axes.shape[i] * axes.strides[t][i];
      k /= axes.shape[i];
    }
  };
  for (std::int64_t o = 0; o < outer.shape.count(); o++) {
    for (std::int64_t i = 0; i < n; i++) {
      std::array<std::byte*, 2> slice{whole.raw() + index_of_slice(i) * whole.strides()[axis] * whole_bytes,
                                      part.raw() + i * part.strides()[axis] * part_bytes};
      place(outer, outer.shape.size(), o, slice);
      for (std::int64_t r = 0; r < runs; r++) {
        std::array<std::byte*, 2> data = slice;
        place(inner, last, r, data);
        run(data, steps, length);
      }
    }
  }
}

/// Whether each element, in the order of indices, is not 0.
void find_nonzero(bool* found, const Array& x) {
  const Dims strides = contiguous_strides(x.shape());
  const Array flags(found, x.shape(), strides, DType::kBool);
  with_type(x.dtype(), [&]<class T>() {
    for_each_run(strided_bytes(flags, x), [](const auto& data, const auto& step, std::int64_t n) {
      for (std::int64_t i = 0; i < n; i++) store<bool>(data[0] + i * step[0], load<T>(data[1] + i * step[1]) != 0);
    });
  });
}

}  // namespace

void gather(const Array& out, const Array& x, const Array& index, int axis) {
  with_width(x.dtype(), [&]<class T>() {
    for_each_index(x, index, out, axis, [](std::byte* chosen, std::byte* other) { copy_one<T>(other, chosen); });
  });
}

void scatter(const Array& out, const Array& x, const Array& index, const Array& source, int axis) {
  copy_elements(out, x);
  with_width(x.dtype(), [&]<class T>() {
    for_each_index(out, index, source, axis, [](std::byte* chosen, std::byte* other) { copy_one<T>(chosen, other); });
  });
}

void scatter_add(const Array& out, const Array& x, const Array& index, const Array& source, int axis) {
  accumulate(out, x, [&]<class T, class Total>(const Array& total) {
    for_each_index(total, index, source, axis, [](std::byte* chosen, std::byte* other) { add_to<T, Total>(chosen, other); });
  });
}

void index_select(const Array& out, const Array& x, const Array& index, int axis) {
  with_width(out.dtype(), [&]<class T>() {
    for_each_slice(x, out, index, axis, [](const auto& data, const auto& step, std::int64_t n) {
      if (step[0] == sizeof(T) && step[1] == sizeof(T)) {
        std::memcpy(data[1], data[0], static_cast<std::size_t>(n) * sizeof(T));
        return;
      }
      for (std::int64_t i = 0; i < n; i++) copy_one<T>(data[1] + i * step[1], data[0] + i * step[0]);
    });
  });
}

void index_add(const Array& out, const Array& x, const Array& index, const Array& source, int axis) {
  accumulate(out, x, [&]<class T, class Total>(const Array& total) {
    for_each_slice(total, source, index, axis, [](const auto& data, const auto& step, std::int64_t n) {
      for (std::int64_t i = 0; i < n; i++) add_to<T, Total>(data[0] + i * step[0], data[1] + i * step[1]);
    });
  });
}

void wrap_index(const Array& out, const Array& index, std::int64_t size) {
  for_each_run(strided_bytes(out, index), [size](const auto& data, const auto& step, std::int64_t n) {
    for (std::int64_t i = 0; i < n; i++) store<std::int64_t>(data[0] + i * step[0], wrapped(data[1] + i * step[1], size));
  });
}

std::int64_t nonzero_count(const Array& x) {
  Scratch<bool> found(Context::current().pool(), x.count());
  find_nonzero(found.data(), x);
  return std::count(found.data(), found.data() + x.count(), true);
}

void nonzero(const Array& out, const Array& x) {
  Scratch<bool> found(Context::current().pool(), x.count());
  find_nonzero(found.data(), x);
  std::int64_t* to = out.raw_as<std::int64_t>();
  for (std::int64_t i = 0; i < x.count(); i++) {
    if (!found.data()[i]) continue;
    std::int64_t rest = i;
    for (int axis = x.rank() - 1; axis >= 0; axis--) {
      to[axis] = rest % x.shape()[axis];
      rest /= x.shape()[axis];
    }
    to += x.rank();
  }
}

}  // namespace argent::kernels
