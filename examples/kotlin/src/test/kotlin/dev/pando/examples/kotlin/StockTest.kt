package dev.pando.examples.kotlin

import dev.pando.Database
import java.io.IOException
import java.nio.file.Path
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** What a Kotlin program calls compiles without type arguments, and does what it says. */
class StockTest {
    private fun sells(db: Database) {
        val stock = Stock(db)
        stock.add("tea", 1)
        stock.add("tea", 1)
        assertEquals(2, stock.left("tea"))
        assertEquals(0, stock.left("coffee"))
        assertEquals(1, stock.sell("tea"))
        assertEquals(2, stock.sell("tea"))
        val soldOut = assertThrows(IOException::class.java) { stock.sell("tea") }
        assertEquals("tea is sold out", soldOut.message)
        assertEquals(0, stock.left("tea"), "the update that threw changed nothing")
        assertEquals(listOf("tea", "tea"), stock.newest(5))
        stock.clear()
        assertTrue(stock.newest(1).isEmpty())
        db.check().throwIfBad()
    }

    @Test
    fun inMemory() {
        Database.inMemory().use { sells(it) }
    }

    @Test
    fun inAFile(@TempDir directory: Path) {
        Database.open(directory.resolve("stock.pando")).use { sells(it) }
    }

    @Test
    fun theProgramRuns() {
        main(emptyArray())
    }
}
