#include "models/networks/plane_net.h"

#include "models/tensor/ops.h"

namespace argent {

using tensor::Tensor;

namespace {

constexpr std::int64_t kHidden = 64;
constexpr double kDropped = 0.2;
constexpr std::int64_t kStride = 2;

}  // namespace

PlaneNet::PlaneNet(const PlaneNetSize& size, tensor::Generator& random)
    : first(size.planes, size.width, {3}, random, {.padding = {1}}),
      second(size.width, 2 * size.width, {3}, random, {.stride = {kStride}, .padding = {1}}),
      third(2 * size.width, 2 * size.width, {3}, random, {.stride = {kStride}, .padding = {1}}),
      hidden(4 * size.width + size.facts, kHidden, random),
      last(kHidden, size.classes, random),
      noise(static_cast<std::uint64_t>(integers(random, {}, 0, std::int64_t{1} << 50).item_integer())),
      dropout(kDropped, noise) {}

Tensor PlaneNet::forward(const Tensor& planes, const Tensor& facts) {
  const Tensor x = relu(third(relu(second(relu(first(planes))))));
  const Tensor seen = tensor::concat({mean(x, {2, 3}), max(x, {2, 3}), facts}, 1);
  return last(dropout(relu(hidden(dropout(seen)))));
}

void PlaneNet::describe(tensor::Members& members) {
  members.part("first", first);
  members.part("second", second);
  members.part("third", third);
  members.part("hidden", hidden);
  members.part("last", last);
  members.part("dropout", dropout);
}

}  // namespace argent
