// Memory for results that is used again: a training step makes the same arrays as the one before, and a page that the system hands
// out anew costs more than a pass over it.
//
// Blocks that are let go wait for the next of their size. What lives and what waits together stay within a quarter, or 32 MiB, above
// the most that ever lived: where that would be passed, those that have waited longest go back to the system.
//
// Assumes: one caller at a time (the GIL). Throws std::bad_alloc.
#pragma once
#include <algorithm>
#include <cstddef>
#include <new>
#include <vector>

#if defined(__unix__) || defined(__APPLE__)
#include <sys/mman.h>
#endif

namespace convstep {

struct Block {
  void* data = nullptr;
  std::size_t size = 0;
};

class Blocks {
 public:
  // While at least one is open, blocks wait; with the last one that closes, all that wait are freed.
  void open() { open_++; }
  void close() {
    if (--open_ > 0) return;
    while (!waiting_.empty()) free_oldest();
    most_ = 0;
  }

  Block take(std::size_t bytes) {
    const std::size_t size = (bytes + page - 1) / page * page;
    for (std::size_t i = waiting_.size(); i-- > 0;) {
      const Block block = waiting_[i];
      if (block.size < size || block.size - size > size / 8) continue;
      waiting_.erase(waiting_.begin() + std::ptrdiff_t(i));
      waits_ -= block.size;
      return lives(block);
    }
    const std::size_t needed = lives_ + size, most = std::max(needed, most_);
    while (!waiting_.empty() && needed + waits_ > most + std::max(most / 4, least_slack)) free_oldest();
    return lives(fresh(size));
  }

  void give(Block block) {
    lives_ -= block.size;
    waiting_.push_back(block);
    waits_ += block.size;
    if (open_ <= 0) free_oldest();
  }

  std::size_t in_use() const { return lives_; }
  std::size_t waiting() const { return waits_; }

 private:
  static constexpr std::size_t page = 4096, least_slack = std::size_t(32) << 20;

  // Of the system itself: what an allocator keeps of freed blocks would come on top.
#if defined(__unix__) || defined(__APPLE__)
  static Block fresh(std::size_t size) {
    void* const data = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    if (data == MAP_FAILED) throw std::bad_alloc();
    return {data, size};
  }
  static void release(Block block) { munmap(block.data, block.size); }
#else
  static Block fresh(std::size_t size) { return {::operator new(size, std::align_val_t(64)), size}; }
  static void release(Block block) { ::operator delete(block.data, std::align_val_t(64)); }
#endif

  Block lives(Block block) {
    lives_ += block.size;
    most_ = std::max(most_, lives_);
    return block;
  }
  void free_oldest() {
    const Block block = waiting_.front();
    waiting_.erase(waiting_.begin());
    waits_ -= block.size;
    release(block);
  }

  std::vector<Block> waiting_;                 // oldest first
  std::size_t lives_ = 0, waits_ = 0, most_ = 0;
  int open_ = 0;
};

}  // namespace convstep
