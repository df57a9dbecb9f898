#include "models/tensor/training/data_loader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>

#include "models/tensor/ops.h"

namespace argent::tensor {
namespace {

/// Sample i is the number i.
class Counting final : public Dataset {
 public:
  explicit Counting(std::int64_t size) : size_(size) {}
  std::int64_t size() const override { return size_; }
  std::vector<Tensor> get(std::int64_t index) const override {
    loads++;
    if (index == fails_at) throw Error("sample " + std::to_string(index) + " is broken");
    return {full({1}, static_cast<double>(index))};
  }
  mutable std::atomic<int> loads = 0;
  std::int64_t fails_at = -1;

 private:
  std::int64_t size_;
};

std::vector<double> epoch_of(DataLoader& loader) {
  std::vector<double> all;
  for (;;) {
    const Batch batch = loader.next();
    for (double value : batch.tensors[0].values()) all.push_back(value);
    if (batch.ends_epoch) return all;
  }
}

/// Draws of its own for each sample.
std::vector<Tensor> add_noise(std::vector<Tensor> sample, Generator& random) {
  sample[0] = sample[0] + uniform(random, {1}, 0, 0.5);
  return sample;
}

TEST(DataLoader, EachEpochHasEachSampleOnceInAnOrderOfItsOwn) {
  const Counting data(23);
  DataLoader loader(data, {.batch = 5, .seed = 3});
  EXPECT_EQ(loader.batches(), 5);
  std::set<std::vector<double>> orders;
  for (int epoch = 0; epoch < 3; epoch++) {
    std::vector<double> order = epoch_of(loader);
    orders.insert(order);
    std::sort(order.begin(), order.end());
    for (std::size_t i = 0; i < 23; i++) EXPECT_EQ(order[i], static_cast<double>(i));
  }
  EXPECT_EQ(orders.size(), 3U);
  DataLoader again(data, {.batch = 7, .seed = 3}), other(data, {.batch = 5, .seed = 4});
  EXPECT_TRUE(orders.contains(epoch_of(again)));
  EXPECT_FALSE(orders.contains(epoch_of(other)));
}

TEST(DataLoader, OrdersAreEquallyLikely) {
  int counts[6] = {};
  for (std::uint64_t epoch = 0; epoch < 6000; epoch++) {
    const std::vector<std::int64_t> order = shuffled_order(3, 1, epoch);
    counts[order[0] * 2 + (order[1] > order[2] ? 1 : 0)]++;
  }
  for (int count : counts) EXPECT_NEAR(count, 1000, 130);  // 4.5 deviations
}

TEST(DataLoader, PlainOrderAndDroppedRest) {
  const Counting data(7);
  DataLoader loader(data, {.batch = 3, .shuffle = Shuffle::kNo, .last = LastBatch::kDrop});
  for (int i = 0; i < 2; i++) EXPECT_EQ(epoch_of(loader), (std::vector<double>{0, 1, 2, 3, 4, 5}));
  DataLoader kept(data, {.batch = 3, .shuffle = Shuffle::kNo});
  EXPECT_EQ(epoch_of(kept).size(), 7U);
}

TEST(DataLoader, ThreadsChangeNothing) {
  const Counting data(31);
  const auto numbers = [&](int prefetch) {
    DataLoader loader(data, {.batch = 4, .seed = 9, .augment = add_noise, .prefetch = prefetch});
    std::vector<double> all = epoch_of(loader);
    for (double value : epoch_of(loader)) all.push_back(value);
    return all;
  };
  EXPECT_EQ(numbers(0), numbers(1));
  EXPECT_EQ(numbers(0), numbers(5));
}

TEST(DataLoader, RanksShareWhatOneWouldGet) {
  const Counting data(22);
  for (const int ranks : {2, 4}) {
    DataLoader one(data, {.batch = 8, .seed = 9, .augment = add_noise});
    std::vector<std::unique_ptr<DataLoader>> several;
    for (int rank = 0; rank < ranks; rank++) {
      several.push_back(
          std::make_unique<DataLoader>(data, LoaderOptions{.batch = 8, .seed = 9, .rank = rank, .ranks = ranks, .augment = add_noise}));
    }
    for (int i = 0; i < 6; i++) {
      std::vector<double> together;
      for (const auto& loader : several) {
        for (double value : loader->next().tensors[0].values()) together.push_back(value);
      }
      EXPECT_EQ(together, one.next().tensors[0].values());
    }
  }
}

TEST(DataLoader, GoesOnFromItsState) {
  const Counting data(13);
  DataLoader a(data, {.batch = 4, .seed = 1}), b(data, {.batch = 4, .seed = 1});
  for (int i = 0; i < 6; i++) a.next();
  for (int i = 0; i < 2; i++) b.next();  // its thread is ahead on another way
  load_state(b, state(a));
  for (int i = 0; i < 6; i++) EXPECT_EQ(a.next().tensors[0].values(), b.next().tensors[0].values());
}

TEST(DataLoader, ThrowsWhatTheDatasetThrows) {
  Counting data(8);
  data.fails_at = 5;
  for (const int prefetch : {0, 2}) {
    DataLoader loader(data, {.batch = 2, .shuffle = Shuffle::kNo, .prefetch = prefetch});
    EXPECT_NO_THROW(loader.next());
    EXPECT_NO_THROW(loader.next());
    for (int i = 0; i < 2; i++) EXPECT_THROW(loader.next(), Error);
  }
}

TEST(DataLoader, PreparesAheadAndNoMore) {
  const Counting data(100);
  {
    DataLoader loader(data, {.batch = 2, .prefetch = 3});
    loader.next();
  }
  EXPECT_LE(data.loads, 2 * 5);
}

TEST(DataLoader, WhatCannotBeSharedIsAnError) {
  const Counting data(8);
  EXPECT_THROW(DataLoader(data, {.batch = 3, .ranks = 2}), Error);
  EXPECT_THROW(DataLoader(data, {.batch = 2, .rank = 2, .ranks = 2}), Error);
  EXPECT_THROW(DataLoader(data, {.batch = 0}), Error);
  EXPECT_THROW(DataLoader(data, {.batch = 9, .last = LastBatch::kDrop}), Error);
  EXPECT_THROW(DataLoader(Counting(0), {}), Error);
  EXPECT_THROW(TensorDataset({ones({3}), ones({2})}), Error);
}

}  // namespace
}  // namespace argent::tensor
