// benchmarks/torch_peer.h - libtorch's side of tensor_benchmark, in a file of its own: its headers are large and its names meet ours.
#pragma once

#include <functional>
#include <string>

namespace argent::benchmarks {

/// How a peer's pictures lie.
enum class Layout { kPlanes, kChannelsLast };

/// "libtorch 1.13.1, oneDNN 2.6.3, BLAS /usr/lib/...". Sets one thread.
std::string start_torch();

std::function<void()> torch_product(int n);
std::function<void()> torch_conv(int channels, int size, Layout layout);
/// A step of training of the small CNN: forward, backward, SGD.
std::function<void()> torch_training_step(int batch, Layout layout);
/// `times` runs of the networks of white balance (models/networks): the filter over ready histograms and the map of the facts, and two
/// networks over planes.
std::function<void()> torch_white_balance(int times);
/// `times` sums of 16 numbers.
std::function<void()> torch_small_sums(int times, bool recorded);

}  // namespace argent::benchmarks
