package dev.pando.examples.kotlin

import dev.pando.Database
import dev.pando.Durability
import dev.pando.Range
import dev.pando.Table
import dev.pando.codec.Codec
import java.io.IOException
import java.nio.file.Path

/** How many of each article are there, and what was sold. */
class Stock(private val db: Database) {
    private val articles: Table<String, Int> = Table.of("articles", Codec.utf8(), Codec.i32())
    private val sales: Table<Long, String> = Table.of("sales", Codec.u64(), Codec.utf8())

    fun add(article: String, count: Int) {
        db.update { tx -> tx.put(articles, article, count + (tx.get(articles, article) ?: 0)) }
    }

    /** Both tables change, or none of them. */
    @Throws(IOException::class)
    fun sell(article: String): Long =
        db.updateAndGet { tx ->
            val left = tx.get(articles, article) ?: 0
            if (left == 0) {
                throw IOException("$article is sold out")
            }
            val number = tx.count(sales) + 1
            tx.put(articles, article, left - 1)
            tx.put(sales, number, article)
            number
        }

    fun left(article: String): Int = db.view { tx -> tx.get(articles, article) } ?: 0

    /** The newest sales, the last one first. */
    fun newest(count: Long): List<String> =
        db.view { tx ->
            tx.scan(sales, Range.all<Long>().reversed().limit(count)).use { scan -> scan.map { it.value } }
        }

    fun clear() {
        db.update(Durability.SYNC) { tx ->
            tx.clear(articles)
            tx.clear(sales)
        }
    }
}

fun main(args: Array<String>) {
    val db = if (args.isEmpty()) Database.inMemory() else Database.open(Path.of(args[0]))
    db.use {
        val stock = Stock(db)
        stock.add("tea", 3)
        println("sale ${stock.sell("tea")}, ${stock.left("tea")} left, newest: ${stock.newest(5)}")
        println(db.check())
    }
}
