// models/tensor/training/data_loader.h - batches of samples in an order that depends on the seed and the epoch, and on nothing else.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "models/tensor/layers/members.h"
#include "models/tensor/ops/random.h"

namespace argent::tensor {

class Dataset {
 public:
  virtual ~Dataset() = default;
  virtual std::int64_t size() const = 0;
  /// A sample: an input and what is expected of it, or whatever the loss wants. All samples have as many tensors, of the same shapes.
  /// Called by the loader's thread.
  virtual std::vector<Tensor> get(std::int64_t index) const = 0;
};

/// Samples that lie in memory: row `index` of each tensor.
class TensorDataset final : public Dataset {
 public:
  /// Throws Error when the tensors have not as many rows.
  explicit TensorDataset(std::vector<Tensor> tensors);
  std::int64_t size() const override { return tensors_[0].size(0); }
  std::vector<Tensor> get(std::int64_t index) const override;

 private:
  std::vector<Tensor> tensors_;
};

enum class Shuffle { kNo, kYes };
/// What becomes of a last batch that is not full.
enum class LastBatch { kKeep, kDrop };

struct LoaderOptions {
  std::int64_t batch = 32;  ///< samples, those of all ranks together
  Shuffle shuffle = Shuffle::kYes;
  LastBatch last = LastBatch::kKeep;
  std::uint64_t seed = 0;
  /// This process is number `rank` of `ranks` and gets a piece of each batch: side by side the pieces are what one process would get.
  int rank = 0, ranks = 1;
  /// Changes a sample at random. What it draws depends on the seed, the epoch and the sample's index.
  std::function<std::vector<Tensor>(std::vector<Tensor> sample, Generator& random)> augment = {};
  int prefetch = 2;  ///< batches that a thread prepares ahead; 0: no thread
};

struct Batch {
  std::vector<Tensor> tensors;  ///< a sample's, stacked along a new first axis
  std::int64_t epoch = 0;       ///< counts from 0
  std::int64_t index = 0;       ///< of the batch in its epoch
  bool ends_epoch = false;
};

/// Samples in order, again in each epoch. Its state is its place: what was saved goes on with the next batch.
class DataLoader final : public Stateful {
 public:
  /// `data` must outlive it. Throws Error: no samples, batches that the ranks can't share, no full batch.
  DataLoader(const Dataset& data, LoaderOptions options);
  ~DataLoader() override;

  std::int64_t batches() const;                         ///< of an epoch
  std::int64_t epoch() const { return place().epoch; }  ///< of the next batch
  /// After the last batch of an epoch comes the first one of the next. Throws what the dataset throws.
  Batch next();

  void describe(Members& members) override { members.buffer("place", place_); }

 private:
  class Prefetch;
  struct Place {
    std::int64_t epoch = 0, batch = 0;
    friend bool operator==(const Place&, const Place&) = default;
  };
  Place place() const;
  Place after(Place place) const;
  Batch load(Place place) const;
  /// Of the sample that comes after `before` others in an epoch.
  std::int64_t index_of(std::int64_t epoch, std::int64_t before) const;

  const Dataset& data_;
  LoaderOptions options_;
  Tensor place_;  ///< i64: epoch, batch
  /// Of the epoch that was loaded last; touched by the thread that loads, of which there is one at a time.
  mutable std::vector<std::int64_t> order_;
  mutable std::int64_t order_epoch_ = -1;
  std::unique_ptr<Prefetch> prefetch_;
};

/// 0 .. count - 1 in an order that the seed and the epoch choose.
std::vector<std::int64_t> shuffled_order(std::int64_t count, std::uint64_t seed, std::uint64_t epoch);

}  // namespace argent::tensor
