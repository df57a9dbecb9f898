#include "models/kernels/movement.h"

#include "models/kernels/copy_elements.h"

namespace argent::kernels {

void clear(const Array& x) { std::memset(x.raw(), 0, static_cast<std::size_t>(x.count()) * size_of(x.dtype())); }

void flip(const Array& out, const Array& x, const Dims& axes) {
  if (x.count() == 0) return;
  Dims strides = x.strides();
  std::int64_t offset = 0;
  for (std::int64_t axis : axes) {
    const auto i = static_cast<int>(axis);
    offset += (x.shape()[i] - 1) * strides[i];
    strides[i] = -strides[i];
  }
  copy_elements(out, window(x, x.shape(), strides, offset));
}

void pad(const Array& out, const Array& x, const Array& value, const Dims& before) {
  copy_elements(out, value);
  Dims shape = x.shape();
  std::int64_t from = 0, to = 0;
  for (int i = 0; i < shape.size(); i++) {
    const std::int64_t first = std::max<std::int64_t>(0, -before[i]);
    const std::int64_t end = std::min(x.shape()[i], out.shape()[i] - before[i]);
    shape[i] = std::max<std::int64_t>(0, end - first);
    from += first * x.strides()[i];
    to += (first + before[i]) * out.strides()[i];
  }
  if (shape.count() == 0) return;
  copy_elements(window(out, shape, out.strides(), to), window(x, shape, x.strides(), from));
}

void add_meeting(const Array& target, const Array& source) {
  const auto operands = strided_bytes(target, source);
  const Dims& shape = target.shape();
  with_type(source.dtype(), [&]<class T>() {
    // One thread: elements may meet.
    for (std::int64_t i = 0; i < shape.count(); i++) {
      std::int64_t rest = i, to = 0, from = 0;
      for (int axis = shape.size() - 1; axis >= 0; axis--) {
        to += rest % shape[axis] * operands.strides[0][axis];
        from += rest % shape[axis] * operands.strides[1][axis];
        rest /= shape[axis];
      }
      T& sum = *reinterpret_cast<T*>(operands.data[0] + to);
      sum = static_cast<T>(sum + *reinterpret_cast<const T*>(operands.data[1] + from));
    }
  });
}

}  // namespace argent::kernels
